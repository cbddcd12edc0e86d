/** All differences between the network that should be and the one that is. */
import type { Namespace } from "../state/namespace.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { Alignment } from "./align.ts";
import { compareFabric } from "./compare/fabric.ts";
import { compareFdb } from "./compare/fdb.ts";
import { compareIp } from "./compare/ip.ts";
import { compareIpsets } from "./compare/ipsets.ts";
import { compareIpvs } from "./compare/ipvs.ts";
import { compareLinks } from "./compare/links.ts";
import { compareNftables } from "./compare/nftables.ts";
import { compareSysctls } from "./compare/sysctls.ts";
import { compareTc } from "./compare/tc.ts";
import { compareXtables } from "./compare/xtables.ts";
import { withConsequences } from "./consequences.ts";
import type { Difference } from "./difference.ts";

/**
 * Compares both by what entries mean: entries of a part by what they are about, chains in their order, and nothing of
 * what a kernel adds by itself. Places that one of the two does not hold are left out, and so are parts of a snapshot
 * that are missing.
 */
export function compareNetworks(
	expected: Network,
	actual: Network,
	places: Iterable<Place> = actual.places(),
): readonly Difference[] {
	const alignment = new Alignment(expected, actual);
	const found: Difference[] = [];
	for (const place of places) {
		const [wanted, real] = [alignment.namespace(place), actual.namespace(place)];
		if (wanted !== undefined && real !== undefined && wanted !== real) found.push(...compareNamespaces(wanted, real));
		const [device, there] = [expected.fabric(place), actual.fabric(place)];
		if (device !== undefined && there !== undefined) found.push(...compareFabric(device, there));
	}
	return withConsequences(found, expected);
}

/** Of one place, each difference by itself. */
export function compareNamespaces(expected: Namespace, actual: Namespace): readonly Difference[] {
	const found = [
		...compareLinks(expected, actual),
		...compareIp(expected, actual),
		...compareFdb(expected, actual),
		...compareSysctls(expected, actual),
		...compareXtables(expected, actual),
		...compareNftables(expected, actual),
		...compareIpsets(expected, actual),
		...compareIpvs(expected, actual),
		...compareTc(expected, actual),
	];
	return found.map((each) => {
		const lookedIn = each.actual === null && each.part !== "fabric" ? actual.files?.get(each.part) : undefined;
		return lookedIn === undefined ? each : { ...each, lookedIn };
	});
}
