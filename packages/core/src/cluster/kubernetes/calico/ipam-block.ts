/** IPAMBlock and BlockAffinity (projectcalico/calico libcalico-go/lib/apis/v1, lib/backend/model/block.go). */
import { nthAddress } from "../../../address/prefix.ts";
import type { BlockAffinity, BlockTunnel, IpamBlock } from "../../calico-objects.ts";
import type { Field } from "../../field.ts";
import { clusterMeta } from "../../metadata.ts";

const TUNNEL_TYPES = ["ipipTunnelAddress", "vxlanTunnelAddress", "vxlanV6TunnelAddress"] as const;

/** Undefined for a block that is being deleted. */
export function readIpamBlock(object: Field): IpamBlock | undefined {
	const spec = object.at("spec");
	if (spec.at("deleted").boolean(false)) return undefined;
	const affinity = spec.at("affinity").text();
	return {
		...clusterMeta(object),
		kind: "IPAMBlock",
		cidr: spec.at("cidr").prefix(),
		node: affinity.startsWith("host:") ? affinity.slice("host:".length) : "",
		tunnels: tunnelsIn(spec),
	};
}

/** `allocations` has for each address the index of who has it in `attributes`, or null. */
function tunnelsIn(spec: Field): readonly BlockTunnel[] {
	const cidr = spec.at("cidr").prefix();
	const attributes = spec.at("attributes").items();
	return spec
		.at("allocations")
		.items()
		.flatMap((allocation, ordinal): readonly BlockTunnel[] => {
			if (!allocation.present) return [];
			const details = attributes[allocation.integer(0)]?.at("secondary");
			const type = TUNNEL_TYPES.find((each) => each === details?.at("type").value);
			if (details === undefined || type === undefined) return [];
			return [{ address: nthAddress(cidr, ordinal), node: details.at("node").text(), type }];
		});
}

/** Undefined for one that is being deleted. The resource in the cluster says `deleted` as a text. */
export function readBlockAffinity(object: Field): BlockAffinity | undefined {
	const spec = object.at("spec");
	const { value } = spec.at("deleted");
	if (value === true || value === "true") return undefined;
	return {
		...clusterMeta(object),
		kind: "BlockAffinity",
		cidr: spec.at("cidr").prefix(),
		node: spec.at("node").text(),
		state: spec.at("state").oneOf(["confirmed", "pending", "pendingDeletion", ""], ""),
	};
}
