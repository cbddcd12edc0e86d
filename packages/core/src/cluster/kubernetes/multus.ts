/** k8s.cni.cncf.io/v1 NetworkAttachmentDefinition, and the annotations of Pods (Kubernetes Network CRD De-facto Standard). */

import { parseAddress } from "../../address/address.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { namespacedMeta } from "../metadata.ts";
import type { NetworkAttachmentDefinition, NetworkSelection, NetworkStatus } from "../multus-objects.ts";
import type { Pod } from "../objects.ts";
import { readCniConfig, withLength } from "./cni-config.ts";
import { readEmbeddedJson } from "./embedded-json.ts";

const DEFAULT_NETWORK = "v1.multus-cni.io/default-network";
/** Where Multus looks for it (pkg/k8sclient tryLoadK8sPodDefaultNetwork; `multusNamespace`). */
const MULTUS_NAMESPACE = "kube-system";
const NETWORKS = "k8s.v1.cni.cncf.io/networks";
/** The second is the name of before version 1. */
const STATUS = ["k8s.v1.cni.cncf.io/network-status", "k8s.v1.cni.cncf.io/networks-status"];
/** `NAMESPACE/NAME@INTERFACE`, all but the name left out at will. */
const SHORT = /^(?:([a-z0-9-]+)\/)?([a-z0-9][a-z0-9.-]*)(?:@([A-Za-z0-9_.-]{1,15}))?$/;
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

export function readNetworkAttachmentDefinition(object: Field): NetworkAttachmentDefinition {
	const config = object.at("spec").at("config");
	const isThere = config.present && config.text().trim() !== "";
	return {
		...namespacedMeta(object),
		kind: "NetworkAttachmentDefinition",
		config: isThere ? readEmbeddedJson(config, readCniConfig) : null,
	};
}

/** What a Pod asks of Multus, and what Multus has said of it. */
export function readPodNetworks(
	object: Field,
	namespace: string,
): Pick<Pod, "networks" | "defaultNetwork" | "networkStatus"> {
	const annotations = object.at("metadata").at("annotations");
	const asked = annotations.at(NETWORKS);
	const said = STATUS.map((name) => annotations.at(name)).find((field) => field.present && field.value !== "");
	const networks = asked.present ? selectionsIn(asked, namespace) : [];
	const defaultNetwork = defaultNetworkIn(annotations.at(DEFAULT_NETWORK));
	return {
		...(networks.length > 0 && { networks }),
		...(defaultNetwork !== undefined && { defaultNetwork }),
		...(said !== undefined && { networkStatus: readEmbeddedJson(said, (list) => list.items().map(status)) }),
	};
}

function defaultNetworkIn(field: Field): NetworkSelection | undefined {
	const [asked, second] = field.present ? selectionsIn(field, MULTUS_NAMESPACE) : [];
	if (second !== undefined) field.fail("bad-value", phrase("two-networks", { annotation: DEFAULT_NETWORK }));
	return asked;
}

function selectionsIn(field: Field, namespace: string): readonly NetworkSelection[] {
	const text = field.text().trim();
	const source = field.where();
	if (text === "") return [];
	if (text.startsWith("[")) {
		return readEmbeddedJson(field, (list) => list.items().map((each) => ({ ...selection(each, namespace), source })));
	}
	return text.split(",").map((part) => {
		const [, space = namespace, name, device = ""] = SHORT.exec(part.trim()) ?? [];
		if (name === undefined)
			return field.mustBe(phrase("networks-list"), phrase("as-in", { example: "macvlan-a, ns/net-b@net2" }));
		return { namespace: space, name, interface: device, addresses: [], mac: "", defaultRoute: [], source };
	});
}

function selection(each: Field, namespace: string): Omit<NetworkSelection, "source"> {
	const mac = each.at("mac").text().toLowerCase();
	if (mac !== "" && !MAC.test(mac))
		each.at("mac").mustBe(phrase("mac-address"), phrase("as-in", { example: "02:00:00:00:00:01" }));
	return {
		namespace: each.at("namespace").text() || namespace,
		name: each.at("name").text() || each.at("name").mustBe(phrase("definition-name")),
		interface: each.at("interface").text(),
		addresses: each.at("ips").items().map(withLength),
		mac,
		defaultRoute: each
			.at("default-route")
			.items()
			.map((gateway) => gateway.address()),
	};
}

/** Multus names the default network after its configuration, others `NAMESPACE/NAME`. */
function status(each: Field): NetworkStatus {
	return {
		name: each.at("name").text(),
		interface: each.at("interface").text(),
		addresses: each
			.at("ips")
			.items()
			.map((ip) => parseAddress(ip.text().replace(/\/.*$/, "")) ?? ip.mustBe(phrase("an-address"))),
		mac: each.at("mac").text().toLowerCase(),
	};
}
