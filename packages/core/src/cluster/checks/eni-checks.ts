/** ENIs and their security groups: what they name must exist, and no two may claim one thing. */
import type { Address } from "../../address/address.ts";
import { contains } from "../../address/prefix.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { formatPosition, otherAt, refuse } from "../../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../../origin/origin.ts";
import { type Phrase, phrase, type Said, worded } from "../../wording/phrase.ts";
import type { Cluster } from "../cluster.ts";
import type { EniObject, VpcObject } from "../settings.ts";

/** @throws {InputError} For a rule that names a group or prefix list of which the input has none. */
export function checkSecurityGroups(cluster: Cluster): void {
	for (const { name, rules, source } of cluster.securityGroups) {
		for (const { peer, line } of rules) {
			const where = { file: source.file, line };
			if (peer.kind === "security-group" && cluster.securityGroup(peer.id) === undefined) {
				const known = cluster.securityGroups.map((each) => each.name);
				const what = phrase("group-named", { name: peer.id });
				fail(phrase("rule-for-missing", { group: name, what }), where, suggest(peer.id, known));
			}
			if (peer.kind === "prefix-list" && cluster.prefixList(peer.id) === undefined) {
				const known = cluster.prefixLists.map((each) => each.name);
				const what = phrase("prefix-list-named", { name: peer.id });
				fail(phrase("rule-for-missing", { group: name, what }), where, suggest(peer.id, known));
			}
		}
	}
}

/**
 * ENIs of the input, or those of a network mode too.
 * @throws {InputError} For the first that is wrong, with the place of its object.
 */
export function checkEnis(cluster: Cluster, enis: readonly EniObject[]): void {
	const byId = new Map(enis.map((eni) => [eni.name, eni]));
	for (const eni of enis) {
		checkInstance(eni, cluster);
		if (eni.type === "member") checkMember(eni, byId);
		checkGroups(eni, cluster);
		checkVSwitch(eni, cluster.vpcs);
		if (eni.type === "primary") checkPrimary(eni, cluster);
	}
	onlyOne(enis, primaryOf, "second-primary");
	onlyOne(enis, deviceOf, "eni-is-too");
	onlyOne(enis, vlanOf, "eni-has-too");
	checkAddresses(enis);
}

function checkInstance({ name, instance, source }: EniObject, cluster: Cluster): void {
	if (instance === "") return;
	const slash = instance.indexOf("/");
	const kind = instance.slice(0, slash);
	const key = instance.slice(slash + 1);
	const there =
		kind === "node" ? cluster.node(key) !== undefined : kind === "host" ? cluster.host(key) !== undefined : true;
	if (there) return;
	const known = [
		...cluster.nodes.map((node) => `node/${node.name}`),
		...cluster.hosts.map((host) => `host/${host.name}`),
	];
	fail(phrase("eni-attached-missing", { eni: name, instance }), source, suggest(instance, known));
}

function checkMember({ name, trunk, instance, source }: EniObject, byId: ReadonlyMap<string, EniObject>): void {
	const other = byId.get(trunk);
	if (other === undefined) {
		const trunks = [...byId.values()].filter(({ type }) => type === "trunk").map((each) => each.name);
		fail(phrase("eni-member-missing", { eni: name, trunk }), source, suggest(trunk, trunks));
	}
	if (other.type !== "trunk") {
		fail(phrase("eni-member-of-other", { eni: name, trunk, type: other.type }), source, otherAt(other));
	}
	// A member has no device of its own, so its instance can only be its trunk's.
	if (instance !== "" && instance !== other.instance) {
		fail(phrase("eni-apart-from-trunk", { eni: name, instance, trunk, other: other.instance }), source);
	}
}

/** An ENI's groups are all of one type (ECS: an instance cannot be in basic and advanced groups at once). */
function checkGroups({ name, securityGroups, source }: EniObject, cluster: Cluster): void {
	const groups = (securityGroups ?? []).map((id) => {
		const known = cluster.securityGroups.map((each) => each.name);
		return (
			cluster.securityGroup(id) ??
			fail(phrase("eni-group-missing", { eni: name, group: id }), source, suggest(id, known))
		);
	});
	const [first] = groups;
	const other = groups.find((group) => group.type !== first?.type);
	if (first === undefined || other === undefined) return;
	const facts = { eni: name, type: first.type, group: first.name, otherType: other.type, other: other.name };
	fail(phrase("eni-group-types", facts), source, phrase("groups-of-one-type"), "conflicting-settings");
}

interface KnownVSwitch {
	readonly id: string;
	readonly vpc: VpcObject;
	readonly cidr: VpcObject["cidrs"][number];
}

/** An ENI is in one vSwitch; that has a CIDR of each family, which the kind VPC writes as one entry each. */
function checkVSwitch({ name, vSwitch, addresses, source }: EniObject, vpcs: readonly VpcObject[]): void {
	const known = vpcs.flatMap((vpc) => vpc.vSwitches.map(({ id, cidr }): KnownVSwitch => ({ id, vpc, cidr })));
	if (known.length === 0) return;
	const own = known.filter(({ id }) => id === vSwitch);
	if (vSwitch !== "" && own.length === 0) {
		const ids = known.map(({ id }) => id);
		fail(phrase("eni-vswitch-missing", { eni: name, id: vSwitch }), source, suggest(vSwitch, ids));
	}
	let first = own[0];
	for (const address of addresses) {
		const holder = known.find(({ cidr }) => contains(cidr, address));
		if (holder === undefined) {
			const message = phrase("eni-in-no-vswitch", { eni: name, address: address.text });
			fail(message, source, undefined, "address-in-no-cidr");
		}
		if (vSwitch !== "" && own.every(({ cidr }) => cidr.family === address.family && !contains(cidr, address))) {
			const hint = phrase("it-is-in-vswitch", { id: holder.id });
			const facts = { eni: name, address: address.text, cidr: own[0]?.cidr.text ?? "", id: vSwitch };
			fail(phrase("eni-outside-vswitch", facts), source, hint, "address-in-no-cidr");
		}
		if (first?.cidr.family === address.family && first.id !== holder.id) {
			const both = { one: addresses[0]?.text ?? "", id: first.id, other: address.text, otherId: holder.id };
			fail(phrase("eni-two-vswitches", { eni: name, ...both }), source, undefined, "conflicting-settings");
		}
		first ??= holder;
	}
}

function checkPrimary({ name, instance, device, addresses, source }: EniObject, cluster: Cluster): void {
	if (device !== "" && device !== PRIMARY_DEVICE) {
		const hint = phrase("primary-known-as", { device: PRIMARY_DEVICE });
		fail(phrase("primary-has-device", { eni: name, device }), source, hint);
	}
	const own = addressesOf(instance, cluster);
	// A machine's other addresses may be those of further ENIs.
	const [first] = own;
	const holds = own.some((address) => addresses.some((each) => each.text === address.text));
	if (first === undefined || addresses.length === 0 || holds) return;
	fail(phrase("primary-without-address", { eni: name, instance, address: first.text }), source);
}

const PRIMARY_DEVICE = "eth0";

function addressesOf(instance: string, cluster: Cluster): readonly Address[] {
	const name = instance.slice(instance.indexOf("/") + 1);
	return cluster.node(name)?.internalIPs ?? cluster.host(name)?.addresses ?? [];
}

function primaryOf({ type, instance }: EniObject): string | undefined {
	return type === "primary" ? instance : undefined;
}

function deviceOf({ type, instance, device }: EniObject): Said | undefined {
	const name = type === "primary" ? PRIMARY_DEVICE : device;
	if (type === "member" || name === "") return undefined;
	return phrase("device-of", { device: name, place: instance });
}

function vlanOf({ type, trunk, vlan }: EniObject): Said | undefined {
	return type === "member" ? phrase("vlan-of-trunk", { vlan: vlan ?? 0, trunk: `"${trunk}"` }) : undefined;
}

/** Of each key only one ENI. */
function onlyOne(
	enis: readonly EniObject[],
	claimOf: (eni: EniObject) => Said | undefined,
	said: "second-primary" | "eni-is-too" | "eni-has-too",
): void {
	const holders = new Map<string, EniObject>();
	for (const eni of enis) {
		const what = claimOf(eni);
		if (what === undefined) continue;
		const key = worded(what);
		const other = holders.get(key);
		if (other !== undefined) {
			const hint = phrase("eni-at", { eni: other.name, where: formatPosition(other.source) });
			fail(phrase(said, { eni: eni.name, what }), eni.source, hint, "duplicate-object");
		}
		holders.set(key, eni);
	}
}

function checkAddresses(enis: readonly EniObject[]): void {
	const holders = new Map<string, EniObject>();
	for (const eni of enis) {
		for (const { text } of eni.addresses) {
			const other = holders.get(text);
			if (other !== undefined) {
				const [one, another] = [eni, other].map(({ name }) => phrase("named-kind", { kind: "ENI", name }));
				const message =
					other === eni
						? phrase("eni-address-twice", { eni: eni.name, address: text })
						: phrase("has-too", { one: one ?? "", what: text, other: another ?? "" });
				fail(message, eni.source, otherAt(other), "duplicate-address");
			}
			holders.set(text, eni);
		}
	}
}

function fail(message: Phrase, where: SourcePosition, hint?: Phrase, code = "missing-object"): never {
	refuse(code, message, where, hint);
}
