/** ENIs and their security groups: what they name must exist, and no two may claim one thing. */
import type { Address } from "../../address/address.ts";
import { contains } from "../../address/prefix.ts";
import { suggest } from "../../diagnostic/closest.ts";
import { formatPosition, InputError } from "../../diagnostic/diagnostic.ts";
import type { SourcePosition } from "../../origin/origin.ts";
import type { Said } from "../../wording/phrase.ts";
import type { Cluster } from "../cluster.ts";
import type { EniObject, VpcObject } from "../settings.ts";

/** @throws {InputError} For a rule that names a group or prefix list of which the input has none. */
export function checkSecurityGroups(cluster: Cluster): void {
	for (const { name, rules, source } of cluster.securityGroups) {
		for (const { peer, line } of rules) {
			const where = { file: source.file, line };
			if (peer.kind === "security-group" && cluster.securityGroup(peer.id) === undefined) {
				const known = cluster.securityGroups.map((each) => each.name);
				fail(`SecurityGroup "${name}" has a rule for group "${peer.id}", which is not there`, where, {
					hint: suggest(peer.id, known),
				});
			}
			if (peer.kind === "prefix-list" && cluster.prefixList(peer.id) === undefined) {
				const known = cluster.prefixLists.map((each) => each.name);
				fail(`SecurityGroup "${name}" has a rule for prefix list "${peer.id}", which is not there`, where, {
					hint: suggest(peer.id, known),
				});
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
	onlyOne(enis, primaryOf, (instance) => `is a second primary ENI of ${instance}`);
	onlyOne(enis, deviceOf, (device) => `is ${device} too`);
	onlyOne(enis, vlanOf, (vlan) => `has ${vlan} too`);
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
	fail(`ENI "${name}" is attached to ${instance}, which is not there`, source, { hint: suggest(instance, known) });
}

function checkMember({ name, trunk, instance, source }: EniObject, byId: ReadonlyMap<string, EniObject>): void {
	const other = byId.get(trunk);
	if (other === undefined) {
		const trunks = [...byId.values()].filter(({ type }) => type === "trunk").map((each) => each.name);
		fail(`ENI "${name}" is a member of trunk "${trunk}", which is not there`, source, { hint: suggest(trunk, trunks) });
	}
	if (other.type !== "trunk") {
		fail(`ENI "${name}" is a member of "${trunk}", which is ${other.type} and no trunk`, source, {
			hint: `the other is at ${formatPosition(other.source)}`,
		});
	}
	// A member has no device of its own, so its instance can only be its trunk's.
	if (instance !== "" && instance !== other.instance) {
		fail(`ENI "${name}" is attached to ${instance}, but its trunk "${trunk}" to ${other.instance}`, source, {});
	}
}

/** An ENI's groups are all of one type (ECS: an instance cannot be in basic and advanced groups at once). */
function checkGroups({ name, securityGroups, source }: EniObject, cluster: Cluster): void {
	const groups = (securityGroups ?? []).map((id) => {
		const known = cluster.securityGroups.map((each) => each.name);
		return (
			cluster.securityGroup(id) ??
			fail(`ENI "${name}" is in security group "${id}", which is not there`, source, { hint: suggest(id, known) })
		);
	});
	const [first] = groups;
	const other = groups.find((group) => group.type !== first?.type);
	if (first === undefined || other === undefined) return;
	fail(
		`ENI "${name}" is in ${first.type} group "${first.name}" and in ${other.type} group "${other.name}"`,
		source,
		{ hint: "all groups of an ENI are of one type" },
		"conflicting-settings",
	);
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
		fail(`ENI "${name}" is in vSwitch "${vSwitch}", which is not there`, source, { hint: suggest(vSwitch, ids) });
	}
	let first = own[0];
	for (const address of addresses) {
		const holder = known.find(({ cidr }) => contains(cidr, address));
		if (holder === undefined) {
			fail(`ENI "${name}" has ${address.text}, which is in no vSwitch`, source, {}, "address-in-no-cidr");
		}
		if (vSwitch !== "" && own.every(({ cidr }) => cidr.family === address.family && !contains(cidr, address))) {
			const hint = `it is in vSwitch "${holder.id}"`;
			const message = `ENI "${name}" has ${address.text}, which is not in ${own[0]?.cidr.text} of its vSwitch "${vSwitch}"`;
			fail(message, source, { hint }, "address-in-no-cidr");
		}
		if (first?.cidr.family === address.family && first.id !== holder.id) {
			fail(
				`ENI "${name}" is in two vSwitches: ${addresses[0]?.text} is in "${first.id}", ${address.text} in "${holder.id}"`,
				source,
				{},
				"conflicting-settings",
			);
		}
		first ??= holder;
	}
}

function checkPrimary({ name, instance, device, addresses, source }: EniObject, cluster: Cluster): void {
	if (device !== "" && device !== PRIMARY_DEVICE) {
		fail(`ENI "${name}" is primary and has device "${device}"`, source, {
			hint: `podpath knows primary ones as ${PRIMARY_DEVICE}`,
		});
	}
	const own = addressesOf(instance, cluster);
	// A machine's other addresses may be those of further ENIs.
	const [first] = own;
	const holds = own.some((address) => addresses.some((each) => each.text === address.text));
	if (first === undefined || addresses.length === 0 || holds) return;
	fail(`ENI "${name}" is the primary one of ${instance}, but has not its address ${first.text}`, source, {});
}

const PRIMARY_DEVICE = "eth0";

function addressesOf(instance: string, cluster: Cluster): readonly Address[] {
	const name = instance.slice(instance.indexOf("/") + 1);
	return cluster.node(name)?.internalIPs ?? cluster.host(name)?.addresses ?? [];
}

function primaryOf({ type, instance }: EniObject): string | undefined {
	return type === "primary" ? instance : undefined;
}

function deviceOf({ type, instance, device }: EniObject): string | undefined {
	const name = type === "primary" ? PRIMARY_DEVICE : device;
	if (type === "member" || name === "") return undefined;
	return `${name} of ${instance}`;
}

function vlanOf({ type, trunk, vlan }: EniObject): string | undefined {
	return type === "member" ? `VLAN ${vlan} of trunk "${trunk}"` : undefined;
}

/** Of each key only one ENI. */
function onlyOne(
	enis: readonly EniObject[],
	keyOf: (eni: EniObject) => string | undefined,
	claims: (key: string) => string,
): void {
	const holders = new Map<string, EniObject>();
	for (const eni of enis) {
		const key = keyOf(eni);
		const other = key === undefined ? undefined : holders.get(key);
		if (other !== undefined && key !== undefined) {
			const hint = `ENI "${other.name}" at ${formatPosition(other.source)}`;
			fail(`ENI "${eni.name}" ${claims(key)}`, eni.source, { hint }, "duplicate-object");
		}
		if (key !== undefined) holders.set(key, eni);
	}
}

function checkAddresses(enis: readonly EniObject[]): void {
	const holders = new Map<string, EniObject>();
	for (const eni of enis) {
		for (const { text } of eni.addresses) {
			const other = holders.get(text);
			if (other !== undefined) {
				const hint = `the other is at ${formatPosition(other.source)}`;
				const message =
					other === eni
						? `ENI "${eni.name}" has ${text} twice`
						: `ENI "${eni.name}" has ${text}, which ENI "${other.name}" has too`;
				fail(message, eni.source, { hint }, "duplicate-address");
			}
			holders.set(text, eni);
		}
	}
}

function fail(
	message: string,
	where: SourcePosition,
	{ hint }: { readonly hint?: Said | undefined },
	code = "missing-object",
): never {
	throw new InputError({ code, message, where, ...(hint !== undefined && { hint }) });
}
