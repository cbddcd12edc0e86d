/** eBPF programs of a snapshot: what nobody can read there is taken to be what the mode is documented to load by that name. */
import type { Namespace } from "../state/namespace.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import type { TcFilter } from "../state/tc.ts";

/** The real network with the documented effects of programs that have the predicted name at the predicted device. */
export function withKnownPrograms(actual: Network, expected: Network): Network {
	const made = new Map<Place, Namespace | undefined>();
	const namespace = (place: Place): Namespace | undefined => {
		if (!made.has(place)) {
			const real = actual.namespace(place);
			made.set(place, real && informed(real, expected.namespace(place)));
		}
		return made.get(place);
	};
	return {
		places: () => actual.places(),
		namespace,
		wireAt: (place, device) => actual.wireAt(place, device),
		stackedOn: (place, device) => actual.stackedOn(place, device),
		fabric: (place) => actual.fabric(place),
		fabrics: () => actual.fabrics(),
		loadBalancers: actual.loadBalancers,
		ownerOf: (address) => actual.ownerOf(address),
		assumptions: actual.assumptions,
	};
}

function informed(real: Namespace, predicted: Namespace | undefined): Namespace {
	const programs = predicted?.tcFilters.filter((filter) => nameOf(filter) !== undefined) ?? [];
	if (predicted === undefined || programs.length === 0) return real;
	const tcFilters = real.tcFilters.map((filter) => programs.find((each) => isSame(each, filter)) ?? filter);
	const policyStages = real.policyStages ?? predicted.policyStages?.filter(({ hook }) => hook === "program");
	return { ...real, tcFilters, ...(policyStages !== undefined && { policyStages }) };
}

function isSame(program: TcFilter, other: TcFilter): boolean {
	const name = nameOf(program);
	return (
		program.device === other.device &&
		program.direction === other.direction &&
		other.actions.some((action) => action.kind === "other" && hasWords(action.text, name ?? ""))
	);
}

/** A name may be of several words, as `contivVlanBridge's service proxy DNAT table` is. */
function hasWords(text: string, name: string): boolean {
	return ` ${text.split(/\s+/).join(" ")} `.includes(` ${name} `);
}

function nameOf({ actions }: TcFilter): string | undefined {
	return actions.flatMap((action) => (action.kind === "program" ? [action.name] : []))[0];
}
