/** `podpath capacity`: runs it. */
import { readManifests } from "@podpath/collect";
import {
	clusterCapacity,
	findInstanceType,
	InputError,
	type InstanceType,
	type InstanceTypes,
	instanceTypesOf,
	knownInstanceTypes,
	type Limits,
	limitsOf,
	loadCluster,
	type NodeCapacity,
	type Prefix,
	parsePrefix,
	stringifyJson,
	TERWAY_MODE_IDS,
} from "@podpath/core";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import type { CapacityFlags } from "./command.ts";
import { limitsText, nodesText } from "./text.ts";

export async function runCapacity(cli: CliProcess, flags: CapacityFlags): Promise<ExitStatus> {
	const types = await instanceTypes(flags, cli);
	return flags.file === undefined ? ofType(cli, flags, types) : ofCluster(cli, flags, types);
}

async function instanceTypes({ instanceTypes: files }: CapacityFlags, cli: CliProcess): Promise<InstanceTypes> {
	return files === undefined ? knownInstanceTypes() : instanceTypesOf(await readManifests(files, cli.stdin));
}

function ofType({ stdout }: CliProcess, flags: CapacityFlags, types: InstanceTypes): ExitStatus {
	const { instanceType, mode, trunkSharesQuota } = flags;
	if (instanceType === undefined && flags.podCidr === undefined) {
		throw new InputError({
			code: "nothing-asked",
			message: "there is nothing to ask about",
			hint: "give --instance-type TYPE, --pod-cidr CIDR or -f FILE|DIR",
		});
	}
	const type = instanceType === undefined ? undefined : findInstanceType(instanceType, types);
	const podCIDR = flags.podCidr === undefined ? undefined : prefixIn(flags.podCidr);
	const options = { settings: { trunkSharesQuota }, ...(podCIDR && { podCIDR }) };
	const all = modesOf(mode, type).map((each) => limitsOf(each, type, options));
	stdout.write(flags.output === "json" ? limitsJson(all, type) : limitsText(all, type));
	return all.some(({ limits }) => limits.some(({ pods }) => pods === null)) ? EXIT.unknown : EXIT.yes;
}

/** Without an instance type only the mode that needs none is left. */
function modesOf(mode: string | undefined, type: InstanceType | undefined): readonly string[] {
	if (mode !== undefined) return [mode];
	return type === undefined ? ["terway-vpc"] : TERWAY_MODE_IDS.filter((id) => id !== "terway-vpc");
}

function prefixIn(text: string): Prefix {
	const prefix = text.includes("/") ? parsePrefix(text) : undefined;
	if (prefix !== undefined) return prefix;
	throw new InputError({
		code: "bad-value",
		message: `--pod-cidr must be a CIDR, not "${text}"`,
		hint: "as in 172.20.1.0/24",
	});
}

async function ofCluster(cli: CliProcess, flags: CapacityFlags, types: InstanceTypes): Promise<ExitStatus> {
	const clashing = (["instanceType", "mode", "podCidr"] as const).find((name) => flags[name] !== undefined);
	if (clashing !== undefined) {
		throw new InputError({
			code: "which-input",
			message: "the cluster of -f says its mode, instance types and pod CIDRs itself",
		});
	}
	const cluster = loadCluster(await readManifests(flags.file ?? [], cli.stdin));
	const { trunkSharesQuota } = flags;
	const nodes = clusterCapacity(cluster, types, trunkSharesQuota ? { trunkSharesQuota } : {});
	cli.stdout.write(flags.output === "json" ? nodesJson(nodes) : nodesText(nodes));
	return statusOf(nodes);
}

/** One more pod of each kind must fit on some node. */
function statusOf(nodes: readonly NodeCapacity[]): ExitStatus {
	const rooms = nodes.flatMap((node) => node.rooms);
	const kinds = [...new Set(rooms.map(({ kind }) => kind))];
	const answers = kinds.map((kind) => {
		const own = rooms.filter((room) => room.kind === kind).map(({ next }) => next.fits);
		return own.includes(true) ? true : own.includes(null) ? null : false;
	});
	if (answers.includes(false)) return EXIT.no;
	return answers.includes(null) ? EXIT.unknown : EXIT.yes;
}

function limitsJson(all: readonly Limits[], type: InstanceType | undefined): string {
	return stringifyJson({
		apiVersion: "podpath.dev/v1alpha1",
		kind: "Capacity",
		...(type === undefined ? {} : { instanceType: type }),
		modes: all.map(({ mode, limits, total, notes }) => ({ mode, limits, total, notes })),
	});
}

function nodesJson(nodes: readonly NodeCapacity[]): string {
	return stringifyJson({ apiVersion: "podpath.dev/v1alpha1", kind: "ClusterCapacity", nodes });
}
