/** `podpath podnetworking`: runs it. */
import { readManifests } from "@podpath/collect";
import {
	type Cluster,
	closest,
	InputError,
	loadCluster,
	matchInWords,
	matchPodNetworking,
	type PodNetworkingMatch,
	printable,
	stringifyJson,
} from "@podpath/core";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import type { PodNetworkingFlags } from "./command.ts";

export async function runPodNetworking(cli: CliProcess, flags: PodNetworkingFlags, name: string): Promise<ExitStatus> {
	const { file = [], output } = flags;
	if (file.length === 0) {
		throw new InputError({ code: "which-input", message: "there is nothing to ask about", hint: "give -f FILE|DIR" });
	}
	const cluster = loadCluster(await readManifests(file, cli.stdin));
	const match = matchInWords(matchPodNetworking(cluster, podNamed(name, cluster)));
	cli.stdout.write(
		output === "json"
			? stringifyJson({ apiVersion: "podpath.dev/v1alpha1", kind: "PodNetworkingMatch", ...match })
			: `${textLines(match).map(printable).join("\n")}\n`,
	);
	if (match.decision === "denied") return EXIT.no;
	return match.decision === "unknown" ? EXIT.unknown : EXIT.yes;
}

function podNamed(name: string, cluster: Cluster): Cluster["pods"][number] {
	const pod = cluster.pod(name.replace(/^pod\//, ""));
	if (pod !== undefined) return pod;
	const known = cluster.pods.map((each) => `pod/${each.namespace}/${each.name}`);
	const meant = closest(name, known);
	throw new InputError({
		code: "missing-object",
		message: `"${name}" is no pod of the input`,
		...(meant === undefined ? { hint: "pod/NAMESPACE/NAME" } : { hint: `did you mean ${meant}?` }),
	});
}

const DECISIONS: Readonly<Record<PodNetworkingMatch["decision"], string>> = {
	"not-managed": "is not looked at by Terway",
	denied: "would be refused",
	annotation: "takes its networks from its annotation",
	requested: "takes the PodNetworking that it asks for",
	matched: "takes PodNetworking",
	"eni-config": "takes what eni-config says",
	"shared-eni": "takes no PodNetworking",
	unknown: "cannot be decided",
};

function textLines({
	pod,
	decision,
	podNetworkings,
	why,
	candidates,
	effects,
	recorded,
}: PodNetworkingMatch<string>): readonly string[] {
	const names = podNetworkings.length === 0 ? "" : ` ${podNetworkings.join(", ")}`;
	return [
		`${pod} ${DECISIONS[decision]}${names}: ${why}`,
		...(recorded === null || podNetworkings.includes(recorded)
			? []
			: [`  when the pod was made it took ${recorded} (annotation k8s.aliyun.com/pod-networking)`]),
		...candidates.map(
			({ name, verdict, why: reason }) => `  ${verdict === "matched" ? "yes" : "no "} ${name}: ${reason}`,
		),
		...(effects === null ? [] : ["The webhook writes into the pod:", ...effectLines(effects)]),
	];
}

function effectLines({ annotations, resource, zones }: NonNullable<PodNetworkingMatch["effects"]>): readonly string[] {
	return [
		...Object.entries(annotations).map(([key, value]) => `  annotation ${key}: ${value}`),
		`  requests and limits of its first container: ${resource.name}: ${resource.count}`,
		...(zones.length === 0 ? [] : [`  node affinity topology.kubernetes.io/zone in (${zones.join(", ")})`]),
	];
}
