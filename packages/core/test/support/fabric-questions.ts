/** Questions to small networks that are written as manifests, and what of the answers the fabric decides. */
import { clusterNetwork } from "../../src/modes/network.ts";
import { explain } from "../../src/trace/explain.ts";
import type { ExplainedLink, ExplainedPath, Explanation } from "../../src/trace/explanation.ts";
import type { Question } from "../../src/trace/question.ts";
import type { Subject } from "../../src/trace/subject.ts";
import { clusterOfYaml } from "./manifests.ts";

/** An object of podpath's own kinds, its spec in YAML's flow style. */
export function named(kind: string, name: string, spec: string): string {
	return `apiVersion: podpath.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: { ${spec} }`;
}

export function subjectOf(...documents: readonly string[]): Subject {
	const cluster = clusterOfYaml(...documents);
	return { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
}

export function ask(subject: Subject, from: string, to: string, more: Partial<Question> = {}): Explanation {
	return explain(subject, { from, to, protocol: "tcp", ...more });
}

/** The only path of an answer. */
export function onlyPath({ paths }: Explanation): ExplainedPath {
	const [path, other] = paths;
	if (path === undefined || other !== undefined) throw new Error(`${paths.length} paths`);
	return path;
}

/** `host/a eth0 > vpc/v > host/b eth0` */
export function linkText(links: readonly ExplainedLink[] | undefined): string {
	return (links ?? []).map(({ at, device }) => (device === undefined ? at : `${at} ${device}`)).join(" > ");
}

/** `eni-1:egress:new:allow`, in the order in which they were asked. */
export function groupText({ securityGroups }: ExplainedPath): readonly string[] {
	return securityGroups.map(({ interface: card, direction, state, decision }) =>
		[card, direction, state, decision].join(":"),
	);
}
