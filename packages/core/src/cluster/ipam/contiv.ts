/** Contiv's IPAM: netmaster gives out the addresses of the network that a pod's labels name (core/network allocation by bit sets). */

import { suggest } from "../../diagnostic/closest.ts";
import { refuse } from "../../diagnostic/diagnostic.ts";
import type { AddressPool } from "../../ipam/pool.ts";
import { phrase } from "../../wording/phrase.ts";
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
	const hint = suggest(name, known) ?? (known.length === 0 ? undefined : phrase("its-networks-are", { names: known }));
	const by = labels[NETWORK_LABEL] === undefined ? phrase("having-no-label", { label: NETWORK_LABEL }) : "";
	const facts = { pod: `pod/${namespace}/${pod}`, name, tenant, by, field: "spec.contiv" };
	return refuse("missing-object", phrase("in-contiv-missing", facts), where, hint);
}

function poolsOf({ name, subnets }: ContivNetwork): readonly AddressPool[] {
	return subnets.map(({ range, gateway }) => ({
		name: phrase("pool-range", { pool: phrase("range-of-contiv", { name }), range: range.text }),
		ranges: [range],
		excluded: new Set(gateway === null ? [] : [gateway.text]),
	}));
}
