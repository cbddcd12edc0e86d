/** Addresses that a second stack has beside the one that should. */
import type { printIpAddress } from "../emit/ip-address.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { type Difference, namespaceRepair } from "./difference.ts";
import type { Fate } from "./fate.ts";

/** The addresses that the packet and its answer have on the way, those of tunnels round them too. */
export function addressesOf({ walked }: Fate): ReadonlySet<string> {
	const packets = walked.flatMap(({ sent, forward, forwardEnd, reply }) => [
		sent,
		forwardEnd.packet,
		...[forward, reply].flatMap((walk) => walk?.crossings.map(({ packet }) => packet) ?? []),
	]);
	return new Set(packets.flatMap(({ src, dst }) => [src.text, dst.text]));
}

/** Stacks that have one of `addresses`, and that nothing in the cluster gives it to. */
export function duplicateAddresses(
	actual: Network,
	expected: Network,
	addresses: ReadonlySet<string>,
): readonly Difference[] {
	return actual.places().flatMap((place) => {
		const namespace = actual.namespace(place);
		const own =
			namespace?.addresses.filter(({ address, device }) => addresses.has(address.text) && device !== "lo") ?? [];
		if (namespace === undefined || own.length === 0) return [];
		const given = new Set(expected.namespace(place)?.addresses.map(({ address }) => address.text));
		return own
			.filter(({ address }) => !given.has(address.text) && expected.ownerOf(address) !== place)
			.map((entry): Difference => duplicate(place, entry));
	});
}

/** The differences with those that are duplicates called so, and first. What came with the address goes with it. */
export function withDuplicates(
	differences: readonly Difference[],
	duplicates: readonly Difference[],
): readonly Difference[] {
	const keyOf = ({ place, subject }: Difference): string => `${place} ${subject}`;
	const own = new Map(
		differences.filter(({ code }) => code === "address-unexpected").map((each) => [keyOf(each), each] as const),
	);
	const called = duplicates.map((each) => ({ ...each, consequences: own.get(keyOf(each))?.consequences ?? [] }));
	const taken = new Set(duplicates.map(keyOf));
	return [...called, ...differences.filter((each) => each.code !== "address-unexpected" || !taken.has(keyOf(each)))];
}

function duplicate(place: Place, entry: Parameters<typeof printIpAddress>[1][number]): Difference {
	const words = `${entry.address.text}/${entry.prefixLength}`;
	return {
		code: "duplicate-address",
		place,
		part: "ip-address",
		change: "extra",
		device: entry.device,
		subject: `${entry.address.text} dev ${entry.device}`,
		expected: null,
		actual: { text: `inet ${words} dev ${entry.device}`, origin: entry.origin },
		repairs: [
			namespaceRepair(place, (namespace) => ({
				...namespace,
				addresses: namespace.addresses.filter((each) => each !== entry),
				// What the kernel made for the address goes with it; the routes of others on the device stay.
				routes: namespace.routes.filter(
					({ destination, protocol, preferredSource }) =>
						protocol !== "kernel" ||
						(preferredSource?.text !== entry.address.text && destination.address.text !== entry.address.text),
				),
			})),
		],
		fix: { command: `ip address del ${words} dev ${entry.device}` },
		consequences: [],
	};
}
