/** Flannel's net-conf.json, and what flanneld writes on Nodes (reference: flannel's Documentation/configuration.md, backends.md). */
import type { Prefix } from "../../address/prefix.ts";
import type { Field } from "../field.ts";
import type { Node } from "../objects.ts";
import type { FlannelSettings } from "../settings.ts";

export interface FlannelConfiguration {
	/** `flannel-vxlan`, or `flannel-TYPE` for a backend that podpath does not model. */
	readonly mode: string;
	readonly settings: Partial<FlannelSettings>;
}

/** flanneld's backends by the names that it has for them; those that are not here keep their name. */
const BACKENDS: ReadonlyMap<string, FlannelSettings["backend"]> = new Map([
	["vxlan", "vxlan"],
	["host-gw", "host-gw"],
	["ipip", "ipip"],
	// With alloc flanneld only hands out subnets: somebody else, such as a cloud's controller, routes them.
	["alloc", "vpc"],
	["ali-vpc", "vpc"],
]);

/** The backend that flanneld takes where net-conf.json names none. */
const UNSAID_BACKEND = "udp";

export function readNetConf(object: Field): FlannelConfiguration {
	const backend = object.at("Backend");
	return {
		mode: modeOf(backend.at("Type").text(UNSAID_BACKEND)),
		settings: {
			networks: networksOf(object),
			vni: backend.at("VNI").integer(1, 0, 0xffffff),
			port: backend.at("Port").integer(0, 0, 65535),
			mtu: backend.at("MTU").integer(0, 0, 65535),
			directRouting: backend.at("DirectRouting").boolean(false),
			enableNFTables: object.at("EnableNFTables").boolean(false),
		},
	};
}

function networksOf(object: Field): readonly Prefix[] {
	const wanted = [
		object.at("EnableIPv4").boolean(true) ? object.at("Network") : undefined,
		object.at("EnableIPv6").boolean(false) ? object.at("IPv6Network") : undefined,
	];
	return wanted.flatMap((field) => (field?.present === true ? [field.prefix()] : []));
}

/** The annotation's prefix is flanneld's default for --kube-annotation-prefix. */
const BACKEND_TYPE = "flannel.alpha.coreos.com/backend-type";
const BACKEND_DATA = "flannel.alpha.coreos.com/backend-data";

/** What the annotations of Nodes say, where they agree. */
export function flannelOfNodes(nodes: Iterable<Node>): FlannelConfiguration | undefined {
	const types = new Set<string>();
	let vni: number | undefined;
	for (const { annotations } of nodes) {
		const type = annotations[BACKEND_TYPE];
		if (type === undefined || type === "") continue;
		types.add(modeOf(type));
		vni ??= vniOf(annotations[BACKEND_DATA] ?? "");
	}
	const [mode] = types;
	if (mode === undefined || types.size > 1) return undefined;
	return { mode, settings: vni === undefined ? {} : { vni } };
}

/** `{"VNI":1,"VtepMAC":"…"}` */
function vniOf(backendData: string): number | undefined {
	const [, digits] = /"VNI"\s*:\s*(\d{1,8})\b/.exec(backendData) ?? [];
	return digits === undefined ? undefined : Number(digits);
}

function modeOf(backendType: string): string {
	const type = backendType.toLowerCase();
	return `flannel-${BACKENDS.get(type) ?? type}`;
}

/** The backend of a mode's name, where it is one of flannel's. */
export function flannelBackend(mode: string): FlannelSettings["backend"] | undefined {
	return [...BACKENDS.values()].find((backend) => mode === `flannel-${backend}`);
}
