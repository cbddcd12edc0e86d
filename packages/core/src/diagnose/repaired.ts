/** A network with some entries put back, as a copy: the question is then asked again. */
import type { FabricDevice, LoadBalancer } from "../state/fabric.ts";
import type { Namespace } from "../state/namespace.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import { type Difference, type Repair, repairsOf } from "./difference.ts";

/** `actual` with the differences put right. Devices that come back are joined to what `expected` joins them to. */
export function repairedNetwork(actual: Network, expected: Network, differences: readonly Difference[]): Network {
	const repairs = Map.groupBy(differences.flatMap(repairsOf), ({ place }) => place);
	const namespaces = new Map<Place, Namespace>();
	const fabric = new Map<Place, FabricDevice>();
	for (const [place, own] of repairs) {
		const namespace = actual.namespace(place);
		if (namespace !== undefined) namespaces.set(place, own.reduce(repairedNamespace, namespace));
		const device = actual.fabric(place);
		if (device !== undefined) fabric.set(place, own.reduce(repairedDevice, device));
	}
	const cameBack = (place: Place, device: string): boolean => {
		const has = (namespace: Namespace | undefined): boolean =>
			namespace?.links.some(({ name }) => name === device) ?? false;
		return has(namespaces.get(place)) && !has(actual.namespace(place));
	};
	return {
		places: () => actual.places(),
		namespace: (place) => namespaces.get(place) ?? actual.namespace(place),
		wireAt: (place, device) =>
			cameBack(place, device) ? expected.wireAt(place, device) : actual.wireAt(place, device),
		stackedOn: (place, device) => {
			const there = actual.stackedOn(place, device);
			const back = expected.stackedOn(place, device).filter((each) => cameBack(each.place, each.device));
			return back.length === 0 ? there : [...there, ...back];
		},
		fabric: (place) => fabric.get(place) ?? actual.fabric(place),
		fabrics: () => actual.fabrics().map((each) => fabric.get(each.place) ?? each),
		loadBalancers: actual.loadBalancers.map((each) => (fabric.get(each.place) as LoadBalancer | undefined) ?? each),
		ownerOf: (address) => actual.ownerOf(address) ?? expected.ownerOf(address),
		assumptions: actual.assumptions,
	};
}

function repairedNamespace(namespace: Namespace, repair: Repair): Namespace {
	return repair.kind === "namespace" ? repair.apply(namespace) : namespace;
}

function repairedDevice(device: FabricDevice, repair: Repair): FabricDevice {
	return repair.kind === "fabric" ? repair.apply(device) : device;
}
