/** The steps that build one namespace of the lab, once its cables are there: one batch for each tool. */
import {
	type Batch,
	bridgeFdbBatch,
	bridgeVlanBatch,
	type Family,
	type FdbEntry,
	ipAddressBatch,
	ipLinkBatch,
	ipLinkIntoBatch,
	ipNeighBatch,
	ipRouteBatch,
	ipRuleBatch,
	type Link,
	type Namespace,
	phrase,
	printIpsetSave,
	printIpvsadmSave,
	printXtablesSave,
	type Said,
	tcBatch,
	type XtTable,
} from "@podpath/core";
import type { LabStep } from "../lab-plan.ts";
import { type SysctlGroups, sysctlGroups } from "./sysctls.ts";
import { nftTransactions, xtLoading } from "./transactions.ts";

/** A namespace of the lab with what it shall hold. */
export interface Site {
	readonly name: string;
	readonly state: Namespace;
	/** Devices of other namespaces that stand on one of this, which are made here and into there. */
	readonly children: readonly { readonly link: Link; readonly namespace: string }[];
	/** Devices that are there before the namespace makes its own: ends of cables, and children of others' devices. */
	readonly given: ReadonlySet<string>;
}

export interface SiteSteps {
	/** Before any device is there. */
	readonly early: readonly LabStep[];
	/** Once the cables are there, and the namespaces before this one are built. */
	readonly build: readonly LabStep[];
	readonly omitted: readonly Said[];
}

export function stepsOf(site: Site): SiteSteps {
	const { name, state } = site;
	const made = new Set(state.links.map((link) => link.name));
	const sysctls = sysctlGroups(state.sysctls, site.given, made, speakingIpv6(state));
	const { steps, omitted } = new Steps(site, sysctls);
	return {
		early: [{ kind: "sysctl", namespace: name, settings: sysctls.early }],
		build: steps,
		omitted: [...sysctls.omitted, ...omitted].map((why) => phrase("left-out", { what: state.place, why })),
	};
}

/** The devices with addresses, neighbours or routes of IPv6. */
function speakingIpv6({ addresses, neighbours, routes }: Namespace): ReadonlySet<string> {
	return new Set([
		...addresses.filter(({ address }) => address.family === 6).map(({ device }) => device),
		...neighbours.filter(({ family }) => family === 6).map(({ device }) => device),
		...routes
			.filter(({ family }) => family === 6)
			.flatMap(({ nextHops }) => nextHops.flatMap(({ device }) => device ?? [])),
	]);
}

/** `tc -batch` in a namespace. */
export function trafficControl(namespace: string, stdin: string): LabStep {
	return { kind: "run", namespace, argv: ["tc", "-batch", "-"], stdin };
}

class Steps {
	readonly steps: LabStep[] = [];
	readonly omitted: Said[] = [];
	readonly #namespace: string;

	constructor({ name, state, children, given }: Site, sysctls: SysctlGroups) {
		this.#namespace = name;
		this.#write(sysctls.beforeUp);
		this.#batch(
			["ip", "-batch", "-"],
			ipLinkBatch(state.links, given),
			...children.map(({ link, namespace }) => ipLinkIntoBatch(link, namespace)),
			ipAddressBatch(state.addresses),
			ipRouteBatch(state.routes),
			// Without a word about the family a rule is IPv4's.
			ipRuleBatch(state.rules, 4),
			ipNeighBatch(state.neighbours, { learned: true }),
		);
		this.#batch(["ip", "-6", "-batch", "-"], ipRuleBatch(state.rules, 6));
		this.#batch(["bridge", "-batch", "-"], bridgeVlanBatch(state.links), fdbBatch(state));
		this.#netfilter(state);
		this.#batch(["tc", "-batch", "-"], tcBatch(state.tcQdiscs, state.tcFilters));
		this.#write(sysctls.late);
	}

	/** Sets before the rules that ask them. */
	#netfilter(state: Namespace): void {
		this.#run(["ipset", "restore"], printIpsetSave(state.ipsets.values()));
		for (const family of [4, 6] as const) this.#tables(state.xtables, family);
		this.#run(["ipvsadm", "-R"], printIpvsadmSave(state.ipvs));
		for (const text of nftTransactions(state.nftables)) this.#run(["nft", "-f", "-"], text);
	}

	/** By the tool's plain name, as kernels have one implementation or the other, unless it has to be a certain one. */
	#tables(all: readonly XtTable[], family: Family): void {
		const tool = family === 4 ? "iptables" : "ip6tables";
		const own = all.filter((table) => table.family === family);
		switch (xtLoading(all)) {
			case "plain":
				this.#run([`${tool}-restore`], printXtablesSave(own));
				return;
			case "legacy":
				this.#run([`${tool}-legacy-restore`], printXtablesSave(own));
				return;
			case "both":
				for (const backend of ["legacy", "nft"] as const) {
					const held = own.filter((table) => table.backend === backend);
					this.#run([`${tool}-${backend}-restore`], printXtablesSave(held));
				}
		}
	}

	#batch(argv: readonly string[], ...batches: readonly Batch[]): void {
		this.#run(argv, batches.map(({ text }) => text).join(""));
		for (const { omitted } of batches) this.omitted.push(...omitted);
	}

	#run(argv: readonly string[], stdin: string): void {
		if (stdin !== "") this.steps.push({ kind: "run", namespace: this.#namespace, argv, stdin });
	}

	#write(settings: SysctlGroups["early"]): void {
		if (settings.length > 0) this.steps.push({ kind: "sysctl", namespace: this.#namespace, settings });
	}
}

/**
 * Without what comes by itself: ports' and bridges' own addresses, multicast groups, and what bridges learn (a port takes
 * no learned entry before its carrier is there, and then the first frame teaches it).
 */
function fdbBatch({ fdb, links }: Namespace): Batch {
	const own = new Set(links.map((link) => link.mac));
	const comes = ({ mac, state }: FdbEntry): boolean =>
		MULTICAST_MAC.test(mac) || state === "dynamic" || (state === "permanent" && own.has(mac));
	return bridgeFdbBatch(fdb.filter((entry) => entry.destination !== undefined || !comes(entry)));
}

const MULTICAST_MAC = /^.[13579bdf]/;
