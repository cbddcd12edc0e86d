/** Annotations by which a Pod asks its network's IPAM for certain addresses, or for addresses of certain pools. */

import { parseAddress } from "../../address/address.ts";
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import type { AddressRequests, FixedAddress, Pod, PoolRequest } from "../objects.ts";
import { readEmbeddedJson } from "./embedded-json.ts";

type Reader = (field: Field, annotation: string, pod: string) => Partial<AddressRequests>;

/** Calico's (cni-plugin/pkg/ipamplugin, pkg/k8s/k8s.go) and Hybridnet's (pkg/constants/annotations.go). */
const READERS: Readonly<Record<string, Reader>> = {
	"cni.projectcalico.org/ipAddrs": (field, annotation) => ({ fixed: listed(field, annotation, false) }),
	"cni.projectcalico.org/ipAddrsNoIpam": (field, annotation) => ({ fixed: listed(field, annotation, true) }),
	"cni.projectcalico.org/ipv4pools": (field, annotation) => ({ pools: poolsListed(field, annotation) }),
	"cni.projectcalico.org/ipv6pools": (field, annotation) => ({ pools: poolsListed(field, annotation) }),
	"networking.alibaba.com/specified-network": (field, annotation) => ({ pools: poolsNamed(field, annotation) }),
	"networking.alibaba.com/specified-subnet": (field, annotation) => ({ pools: poolsNamed(field, annotation) }),
	"networking.alibaba.com/ip-pool": (field, annotation, pod) => ({ fixed: byOrdinal(field, annotation, pod) }),
};

/** @throws {InputError} For an annotation that says no addresses. */
export function readAddressRequests(object: Field): Pick<Pod, "addressRequests"> {
	const annotations = object.at("metadata").at("annotations");
	const name = object.at("metadata").at("name").text();
	const asked = Object.entries(READERS).flatMap(([annotation, read]) => {
		const field = annotations.at(annotation);
		return field.present && field.value !== "" ? [read(field, annotation, name)] : [];
	});
	if (asked.length === 0) return {};
	const fixed = asked.flatMap((each) => each.fixed ?? []);
	return { addressRequests: { fixed, pools: asked.flatMap((each) => each.pools ?? []) } };
}

/** The same of a Namespace, whose Pods it is about. */
export function readPoolRequests(object: Field): readonly PoolRequest[] {
	return readAddressRequests(object).addressRequests?.pools ?? [];
}

/** A list in JSON: `["10.0.0.1", "fd00::1"]`; Calico takes one of each family at most. */
function listed(field: Field, annotation: string, withoutPool: boolean): readonly FixedAddress[] {
	const source = field.where();
	const found = readEmbeddedJson(field, (list) =>
		list.items().map((item): FixedAddress => ({ address: item.address(), annotation, withoutPool, source })),
	);
	for (const family of [4, 6] as const) {
		if (found.filter(({ address }) => address.family === family).length < 2) continue;
		field.fail("bad-value", phrase("two-addresses", { annotation, family }));
	}
	return found;
}

function poolsListed(field: Field, annotation: string): readonly PoolRequest[] {
	const source = field.where();
	return readEmbeddedJson(field, (list) => list.items().map((item) => ({ pool: item.text(), annotation, source })));
}

/** Separated by `/`: one for each family. */
function poolsNamed(field: Field, annotation: string): readonly PoolRequest[] {
	const names = field.text().split("/");
	return names.filter((pool) => pool !== "").map((pool) => ({ pool, annotation, source: field.where() }));
}

/** One part for each pod of a StatefulSet, by its number; in it one address of each family (pod_controller.go statefulAllocate). */
function byOrdinal(field: Field, annotation: string, pod: string): readonly FixedAddress[] {
	const parts = field.text().split(",");
	const ordinal = Number(/-(\d+)$/.exec(pod)?.[1] ?? 0);
	const own = parts[ordinal];
	if (own === undefined || own.trim() === "") {
		field.fail("bad-value", phrase("none-for-ordinal", { annotation, n: parts.length, ordinal }));
	}
	return own.split("/").map((text) => {
		const address =
			parseAddress(text.trim()) ?? field.mustBe(phrase("addresses"), phrase("as-in", { example: "10.0.0.1,10.0.0.2" }));
		return { address, annotation, withoutPool: false, source: field.where() };
	});
}
