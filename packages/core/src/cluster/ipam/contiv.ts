/** Contiv's IPAM: netmaster gives out the addresses of the network that a pod's labels name (core/network allocation by bit sets). */
import { suggest } from "../../diagnostic/closest.ts";
import { InputError } from "../../diagnostic/diagnostic.ts";
import type { AddressPool } from "../../ipam/pool.ts";
import type { Pod } from "../objects.ts";
import type { ContivNetwork, ContivSettings } from "../settings.ts";
import type { AddressSource, IpamFacts } from "./source.ts";

/** k8splugin/types.go; cniapi/api.go and driver.go for what is taken where a pod says nothing. */
const NETWORK_LABEL = "io.contiv.network";
const TENANT_LABEL = "io.contiv.tenant";
const DEFAULT_NETWORK = "default-net";
const DEFAULT_TENANT = "default";

export function contivPools({ settings }: IpamFacts): AddressSource | undefined {
	const contiv = settings?.contiv;
	if (contiv === undefined) return undefined;
	const pools = new Map(contiv.networks.map((network) => [network, poolsOf(network)]));
	const ofPod = (pod: Pod): readonly AddressPool[] => pools.get(labelledNetwork(pod, contiv)) ?? [];
	return { choices: (pod) => ofPod(pod).map((pool) => [pool]), fixedFrom: ofPod };
}

/**
 * The network that a pod's labels name.
 * @throws {InputError} Where it is not there.
 */
export function labelledNetwork(
	{ labels, namespace, name: pod, source: where }: Pod,
	contiv: ContivSettings,
): ContivNetwork {
	const name = labels[NETWORK_LABEL] ?? DEFAULT_NETWORK;
	const tenant = labels[TENANT_LABEL] ?? DEFAULT_TENANT;
	const network = contiv.networks.find((each) => each.name === name && each.tenant === tenant);
	if (network !== undefined) return network;
	const known = contiv.networks.filter((each) => each.tenant === tenant).map((each) => each.name);
	const hint = suggest(name, known) ?? (known.length === 0 ? undefined : `its networks are ${known.join(", ")}`);
	const by = labels[NETWORK_LABEL] === undefined ? `, having no label ${NETWORK_LABEL}` : "";
	const message = `pod/${namespace}/${pod} is in network "${name}" of tenant "${tenant}"${by}, which spec.contiv does not have`;
	throw new InputError({ code: "missing-object", message, where, ...(hint !== undefined && { hint }) });
}

function poolsOf({ name, subnets }: ContivNetwork): readonly AddressPool[] {
	return subnets.map(({ range, gateway }) => ({
		name: `Contiv network "${name}" ${range.text}`,
		ranges: [range],
		excluded: new Set(gateway === null ? [] : [gateway.text]),
	}));
}
