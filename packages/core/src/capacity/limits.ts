/** How many pods a node of an instance type can have, in each mode of Terway (terway pkg/aliyun/client/limit.go). */
import type { Prefix } from "../address/prefix.ts";
import { DEFAULT_TERWAY, type TerwaySettings } from "../cluster/settings.ts";
import { suggest } from "../diagnostic/closest.ts";
import { InputError } from "../diagnostic/diagnostic.ts";
import { TERWAY_MODES } from "../modes/terway/mode.ts";
import type { InstanceType } from "./instance-type.ts";

/** What a pod takes of its node. */
export type PodKind =
	/** An address of the node's pod CIDR. */
	| "pod-cidr"
	/** A whole ENI. */
	| "eni"
	/** An address of an ENI that pods share. */
	| "shared"
	/** A member of the trunk. */
	| "member";

export interface Limit {
	readonly kind: PodKind;
	/** Pods of this kind; null: the input does not say what decides. */
	readonly pods: number | null;
	/** How the number comes about: `(8 ENIs - the primary one) x 30 addresses`. */
	readonly formula: string;
}

export interface Limits {
	readonly mode: string;
	/** Empty: not said. */
	readonly instanceType: string;
	readonly limits: readonly Limit[];
	/** Pods of all kinds together; null where that is not known. */
	readonly total: number | null;
	readonly notes: readonly string[];
}

export interface LimitOptions {
	readonly settings?: Partial<TerwaySettings>;
	/** Of the node, in mode terway-vpc. */
	readonly podCIDR?: Prefix;
	/** ENIs that single pods of the node have for themselves, and that therefore nobody can share. */
	readonly ownEnis?: number;
}

/** In mode terway-vpc the instance type is only for pods that ask for a whole ENI. */
export function limitsOf(mode: string, type: InstanceType | undefined, options: LimitOptions = {}): Limits {
	checkMode(mode);
	const settings = { ...DEFAULT_TERWAY, ...options.settings };
	const limits = [...limitsIn(mode, type, settings, options)];
	return {
		mode,
		instanceType: type?.id ?? "",
		limits,
		total: totalOf(limits, settings),
		notes: type === undefined ? [] : notesOn(mode, type, limits, settings),
	};
}

function checkMode(mode: string): void {
	const known = TERWAY_MODES.map(({ id }) => id);
	if (known.includes(mode)) return;
	throw new InputError({
		code: "unknown-mode",
		message: `mode "${mode}" has no capacity that podpath knows`,
		hint: suggest(mode, known) ?? `known are ${known.join(", ")}`,
	});
}

function* limitsIn(
	mode: string,
	type: InstanceType | undefined,
	settings: TerwaySettings,
	{ podCIDR, ownEnis = 0 }: LimitOptions,
): Generator<Limit> {
	if (mode === "terway-vpc") {
		yield podCidrLimit(podCIDR);
		// For pods that ask for aliyun/eni (seed 003 L44, L56).
		if (type !== undefined) yield exclusiveLimit(type);
	} else if (type === undefined) {
		throw new InputError({ code: "no-instance-type", message: `mode ${mode} hangs on the instance type` });
	} else if (mode === "terway-eni") yield exclusiveLimit(type);
	else {
		yield sharedLimit(type, settings, ownEnis);
		if (mode === "terway-trunk" || settings.trunk) yield memberLimit(type);
	}
}

/** host-local: without the block's own address, its broadcast address, and the gateway that it keeps for itself. */
function podCidrLimit(podCIDR: Prefix | undefined): Limit {
	if (podCIDR === undefined) return { kind: "pod-cidr", pods: null, formula: "the node's pod CIDR is not said" };
	const bits = (podCIDR.family === 4 ? 32 : 128) - podCIDR.length;
	const pods = Math.max(0, Math.min(2 ** bits, Number.MAX_SAFE_INTEGER) - 3);
	return { kind: "pod-cidr", pods, formula: `2^${bits} addresses of ${podCIDR.text} - 3 that no pod gets` };
}

/** ExclusiveENIPod(). */
function exclusiveLimit({ enis }: InstanceType): Limit {
	return { kind: "eni", pods: enis - 1, formula: `${enis} ENIs - the primary one` };
}

/** MultiIPPod(), by the ENIs that the daemon may use (daemon/config.go). */
function sharedLimit(type: InstanceType, settings: TerwaySettings, ownEnis: number): Limit {
	if (settings.ipPrefix) return prefixLimit(type);
	const { enis, addressesPerEni } = type;
	const tuned = Math.trunc(enis * settings.eniCapRatio) + settings.eniCapShift - 1;
	const allowed = settings.maxENI > 0 ? Math.min(tuned, settings.maxENI) : tuned;
	const usable = Math.max(0, allowed - ownEnis);
	const plain = usable === enis - 1;
	const why =
		ownEnis > 0
			? `that pods can share (${ownEnis} are single pods' own)`
			: "by eni_cap_ratio, eni_cap_shift and max_eni";
	const cards = plain ? `(${enis} ENIs - the primary one)` : `${usable} ENIs ${why}`;
	return { kind: "shared", pods: usable * addressesPerEni, formula: `${cards} x ${addressesPerEni} addresses` };
}

/** One address of each ENI stays its own, each other one is a block of 16 (pkg/controller/node/node.go). */
function prefixLimit({ totalEnis, addressesPerEni }: InstanceType): Limit {
	if (totalEnis === null) {
		return { kind: "shared", pods: null, formula: "EniTotalQuantity of the instance type is not said" };
	}
	const pods = (addressesPerEni - 1) * 16 * (totalEnis - 1);
	return { kind: "shared", pods, formula: `(${addressesPerEni} - 1) blocks of 16 x (${totalEnis} - 1) ENIs` };
}

/** memberAdapterLimit. */
function memberLimit({ trunk, totalEnis, enis }: InstanceType): Limit {
	if (trunk === false)
		return { kind: "member", pods: 0, formula: "the instance type has no trunks (EniTrunkSupported)" };
	if (trunk === null || totalEnis === null) {
		const missing = trunk === null ? "EniTrunkSupported" : "EniTotalQuantity";
		return { kind: "member", pods: null, formula: `${missing} of the instance type is not said` };
	}
	return { kind: "member", pods: totalEnis - enis, formula: `${totalEnis} in total - ${enis} ENIs` };
}

/** Separate quotas, as Terway counts them; ACK's article has one quota for both (reference C1). */
function totalOf(limits: readonly Limit[], { trunkSharesQuota }: TerwaySettings): number | null {
	let sum = 0;
	for (const { pods } of limits) {
		if (pods === null) return null;
		sum += pods;
	}
	const shared = limits.find(({ kind }) => kind === "shared")?.pods;
	return trunkSharesQuota && shared != null ? Math.min(sum, shared) : sum;
}

/** A node with fewer does not join an ACK cluster. */
const LEAST: Readonly<Partial<Record<PodKind, number>>> = { shared: 11, eni: 6 };

function notesOn(
	mode: string,
	type: InstanceType,
	limits: readonly Limit[],
	settings: TerwaySettings,
): readonly string[] {
	const notes: string[] = [];
	for (const { kind, pods } of limits) {
		const least = LEAST[kind];
		if (least === undefined || pods === null || pods > least) continue;
		notes.push(`ACK lets a node join only with more than ${least} pods of this kind: ${type.id} is too small`);
	}
	if (mode === "terway-trunk" && settings.trunkSharesQuota) {
		notes.push(
			"trunkSharesQuota: shared pods and pods of the trunk together are no more than shared ones alone could be",
		);
	}
	return notes;
}
