/** Hybridnet's chains and sets (hybridnet pkg/daemon/iptables/iptables.go). */
import type { Address, Family } from "../../address/address.ts";
import type { Node } from "../../cluster/objects.ts";
import { type Ipset, ipset } from "../../netfilter/ipset.ts";
import type { Match } from "../../netfilter/xtables/matches/index.ts";
import {
	addrtype,
	chain,
	comment,
	conntrackState,
	drop,
	inInterface,
	jump,
	mark,
	masquerade,
	matchSet,
	outInterface,
	reject,
	returnTarget,
	rule,
	setXmark,
} from "../../netfilter/xtables/rules.ts";
import type { XtChain, XtRule, XtTableName } from "../../netfilter/xtables/table.ts";
import type { Contribution, XtContribution, XtHookRule } from "../../state/contribution.ts";
import { BACK_MARK, FROM_RULE_SKIP_MARK, hybridnetOrigin, MASQUERADE_MARK } from "./constants.ts";
import type { NodePod } from "./devices.ts";
import { forwardDevice, isOverlay, type PodSubnet } from "./networks.ts";

const POSTROUTING = "HYBRIDNET-POSTROUTING";
const FORWARD = "HYBRIDNET-FORWARD";
const PREROUTING = "HYBRIDNET-PREROUTING";

export interface NodeRules {
	readonly node: Node;
	/** Of the whole cluster. */
	readonly subnets: readonly PodSubnet[];
	/** In which the node's pods can be. */
	readonly onNode: readonly PodSubnet[];
	readonly nodeAddresses: readonly Address[];
	readonly pods: readonly NodePod[];
}

/** The rules of both families with the sets that they ask. */
export function nodeRules(given: NodeRules): Contribution {
	const families = ([4, 6] as const).filter((family) => given.subnets.some(({ cidr }) => cidr.family === family));
	const parts = families.map((family) => new FamilyRules(given, family));
	return {
		xtables: parts.flatMap((each) => each.tables()),
		ipsets: new Map(parts.flatMap((each) => each.sets()).map((set) => [set.name, set])),
	};
}

class FamilyRules {
	readonly #given: NodeRules;
	readonly #family: Family;
	readonly #origin: XtRule["origin"];

	constructor(given: NodeRules, family: Family) {
		this.#given = given;
		this.#family = family;
		this.#origin = hybridnetOrigin(`node/${given.node.name}`);
	}

	sets(): readonly Ipset[] {
		const { subnets, onNode, nodeAddresses, pods } = this.#given;
		const cidrs = (of: readonly PodSubnet[]): readonly string[] => [
			...new Set(of.filter(({ cidr }) => cidr.family === this.#family).map(({ cidr }) => cidr.text)),
		];
		const own = (addresses: readonly Address[]): readonly string[] =>
			addresses.filter(({ family }) => family === this.#family).map(({ text }) => text);
		const overlay = cidrs(subnets.filter(isOverlay));
		const local = own(pods.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
		const nodes = own(nodeAddresses);
		const bits = this.#family === 4 ? 32 : 128;
		return [
			this.#set("HYBR-OVERLAY-NET", "hash:net", overlay),
			this.#set("HYBR-ALL", "hash:net", [...cidrs(subnets), ...nodes.map((each) => `${each}/${bits}`)]),
			this.#set("HYBR-NODE-IP", "hash:ip", nodes),
			this.#set("HYBR-LOCAL-POD-IP", "hash:ip", local),
			this.#set("HYBR-LOCAL-UNDERLAY-NET", "hash:net", cidrs(onNode.filter((each) => !isOverlay(each)))),
		];
	}

	tables(): readonly XtContribution[] {
		return [
			this.#table("nat", new Map([[POSTROUTING, this.#masquerading()]]), [["POSTROUTING", POSTROUTING]]),
			this.#table("filter", new Map([[FORWARD, this.#forwarding()]]), [["FORWARD", FORWARD]]),
			this.#table(
				"mangle",
				new Map([
					[PREROUTING, this.#marking()],
					[POSTROUTING, this.#unmarking()],
				]),
				[
					["PREROUTING", PREROUTING],
					["POSTROUTING", POSTROUTING],
				],
			),
		];
	}

	/** What an overlay pod sends elsewhere than to pods has the node's address. */
	#masquerading(): readonly XtRule[] {
		const device = this.#overlayDevice();
		if (device === undefined) return [];
		return [
			this.#rule("skip masquerade if traffic is to local pod", [outInterface("hybr+")], returnTarget),
			this.#rule(
				"hybridnet overlay nat-outgoing masquerade rule",
				[outInterface(device, true), this.#in("HYBR-OVERLAY-NET", "src")],
				masquerade(),
			),
		];
	}

	/** Nothing but pods and nodes is looked for in the tunnel; what came for a pod that is not here does not go back out. */
	#forwarding(): readonly XtRule[] {
		const device = this.#overlayDevice();
		const underlays = this.#given.onNode.filter((each) => !isOverlay(each) && each.cidr.family === this.#family);
		const guards = [...new Set(underlays.map(forwardDevice))].map((name) =>
			this.#rule(
				"drop traffic of pods that are not on this node",
				[
					inInterface(name),
					mark(MASQUERADE_MARK, MASQUERADE_MARK, true),
					this.#in("HYBR-LOCAL-POD-IP", "dst", true),
					this.#in("HYBR-LOCAL-UNDERLAY-NET", "dst"),
				],
				drop,
			),
		);
		if (device === undefined) return guards;
		const refusal = reject(this.#family === 4 ? "icmp-host-unreachable" : "icmp6-addr-unreachable");
		const known = [outInterface(device), this.#in("HYBR-ALL", "dst", true), conntrackState(["ESTABLISHED"], true)];
		return [this.#rule("hybridnet overlay vxlan if egress filter rule", known, refusal), ...guards];
	}

	#marking(): readonly XtRule[] {
		const skip = this.#rule(
			"full NATed traffic does not follow the rules of pods' subnets",
			[conntrackState(["SNAT"])],
			setXmark(FROM_RULE_SKIP_MARK, FROM_RULE_SKIP_MARK),
		);
		if (this.#overlayDevice() === undefined) return [skip];
		return [this.#rule("mark overlay pod -> node back traffic", this.#back(), setXmark(BACK_MARK, BACK_MARK)), skip];
	}

	/** The tunnel's own packets are routed by the mark of what is in them: with it they would go into the tunnel again. */
	#unmarking(): readonly XtRule[] {
		if (this.#overlayDevice() === undefined) return [];
		return [this.#rule("remove overlay pod -> node back traffic mark", this.#back(), setXmark(0, BACK_MARK))];
	}

	#back(): readonly Match[] {
		return [
			addrtype({ destination: "LOCAL" }, { negated: true }),
			this.#in("HYBR-OVERLAY-NET", "src"),
			this.#in("HYBR-NODE-IP", "dst"),
			conntrackState(["NEW", "INVALID", "DNAT", "SNAT"], true),
		];
	}

	#overlayDevice(): string | undefined {
		const overlay = this.#given.subnets.find(isOverlay);
		return overlay && forwardDevice(overlay);
	}

	#setName(base: string): string {
		return `${base}-V${this.#family}`;
	}

	#set(base: string, type: string, members: readonly string[]): Ipset {
		const options = `family ${this.#family === 4 ? "inet" : "inet6"} hashsize 1024 maxelem 65536`;
		return ipset(this.#setName(base), type, members, this.#origin, options);
	}

	#in(base: string, side: "src" | "dst", negated = false): Match {
		return matchSet(this.#setName(base), [side], negated);
	}

	/** iptables-save prints devices first, whatever the order of the command. */
	#rule(text: string, matches: readonly Match[], target: XtRule["target"]): XtRule {
		const devices = matches.filter(isDevice);
		return rule(this.#origin, [...devices, comment(text), ...matches.filter((each) => !isDevice(each))], target);
	}

	#table(
		table: XtTableName,
		rules: ReadonlyMap<string, readonly XtRule[]>,
		jumps: readonly (readonly [XtHookRule["chain"], string])[],
	): XtContribution {
		const chains = [...rules].map(([name, own]): [string, XtChain] => [name, chain(name, own)]);
		return {
			family: this.#family,
			table,
			chains: new Map(chains),
			hooks: jumps.map(([built, name]) => ({
				chain: built,
				how: "append",
				rule: this.#rule(`hybridnet ${built.toLowerCase()} rules`, [], jump(name)),
			})),
		};
	}
}

function isDevice({ kind }: Match): boolean {
	return kind === "in-interface" || kind === "out-interface";
}
