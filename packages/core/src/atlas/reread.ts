/** A network as snapshots of its machines would show it: every stack printed by its tools, perhaps changed, and read again. */
import { printNamespace } from "../emit/namespace.ts";
import { parseNamespace } from "../parse/namespace.ts";
import type { Link } from "../state/link.ts";
import type { Namespace } from "../state/namespace.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";

/** What happens to the files of a place before they are read again. */
export type FileChange = (place: Place, files: ReadonlyMap<string, string>) => ReadonlyMap<string, string>;

/** The wires, the fabric and what no file shows stay as they are. Namespaces are read when first asked for. */
export function rereadNetwork(network: Network, change: FileChange = (_, files) => files): Network {
	const known = new Map<Place, Namespace>();
	return {
		places: () => network.places(),
		namespace: (place) => {
			const read = known.get(place);
			if (read !== undefined) return read;
			const namespace = network.namespace(place);
			if (namespace === undefined || place.startsWith("internet/")) return namespace;
			const made = reread(namespace, change(place, printNamespace(namespace)));
			known.set(place, made);
			return made;
		},
		wireAt: (place, device) => network.wireAt(place, device),
		stackedOn: (place, device) => network.stackedOn(place, device),
		fabric: (place) => network.fabric(place),
		fabrics: () => network.fabrics(),
		loadBalancers: network.loadBalancers,
		ownerOf: (address) => network.ownerOf(address),
		assumptions: network.assumptions,
	};
}

function reread(before: Namespace, files: ReadonlyMap<string, string>): Namespace {
	const { place, policyStages, assumptions } = before;
	const pathOf = (name: string): string => `${place}/${name}`;
	const read = parseNamespace(place, files, { pathOf });
	const links = read.links.map((link) => asJoined(link, before));
	return {
		...read,
		links,
		...(policyStages !== undefined && { policyStages }),
		...(assumptions !== undefined && { assumptions }),
	};
}

/** Where a device stands that is stacked on one of another namespace, the files of one namespace cannot say. */
function asJoined(link: Link, { links }: Namespace): Link {
	const known = links.find(({ name }) => name === link.name);
	if (known === undefined || !("lower" in link) || !("lower" in known) || known.lower?.place === undefined) return link;
	return { ...link, lower: known.lower } as Link;
}
