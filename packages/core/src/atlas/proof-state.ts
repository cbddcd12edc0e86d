/** What a record of proofs says about a scenario as it is now. */
import * as z from "zod";
import type { ManifestFile } from "../cluster/input/document.ts";
import { yamlDocuments } from "../cluster/input/yaml.ts";
import { sha256 } from "../digest/sha256.ts";
import { type ProofBackend, type ProofRecord, proofSchema, type RecordedProof } from "./proof-record.ts";
import { type Scenario, scenarioName } from "./scenario.ts";

export type ProofState =
	| { readonly kind: "proven"; readonly proof: RecordedProof }
	/** It was proven, and its question, cluster or expectations have changed since. */
	| { readonly kind: "outdated"; readonly proof: RecordedProof }
	| { readonly kind: "unproven" };

export const proofStateSchema: z.ZodType<ProofState> = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("proven"), proof: proofSchema }),
	z.strictObject({ kind: z.literal("outdated"), proof: proofSchema }),
	z.strictObject({ kind: z.literal("unproven") }),
]);

/** @param cluster The mode's `cluster.yaml`. */
export function proofState(scenario: Scenario, cluster: ManifestFile, { scenarios }: ProofRecord): ProofState {
	const proof = scenarios[scenarioName(scenario)];
	if (proof === undefined) return { kind: "unproven" };
	return { kind: proof.digest === scenarioDigest(scenario, cluster) ? "proven" : "outdated", proof };
}

/** In words: `proven on UML 6.1.176 on 2026-11-21, 2 of 2 ways seen`. */
export function proofText(state: ProofState): string {
	if (state.kind === "unproven") return "not proven on a kernel";
	const { backend, kernel, date, ways } = state.proof;
	const what = state.kind === "proven" ? "proven" : "proven for an older form";
	const seen = ways.of > 1 ? `, ${ways.seen} of ${ways.of} ways seen` : "";
	return `${what} on ${KERNELS[backend]} ${kernel} on ${date}${seen}`;
}

const KERNELS: Readonly<Record<ProofBackend, string>> = {
	userns: "Linux",
	netns: "Linux",
	uml: "UML",
	qemu: "QEMU, Linux",
};

/**
 * SHA-256, as 64 hexadecimal digits, of what a proof is about: the question, the cluster with its changes, and what is
 * expected. Comments, titles, notes and sources may change without another digest.
 */
export function scenarioDigest(scenario: Scenario, cluster: ManifestFile): string {
	const { question, changes, paths, otherPaths, loadBalancerMembers, findings } = scenario;
	const expected = { paths, otherPaths, loadBalancerMembers, findings };
	return hexOf({ cluster: clusterDigest(cluster), changes, question, expected });
}

/** A mode's scenarios have their cluster in common. */
const known = new WeakMap<ManifestFile, string>();

function clusterDigest(cluster: ManifestFile): string {
	let digest = known.get(cluster);
	if (digest === undefined) {
		digest = hexOf([...yamlDocuments(cluster)].map(({ value }) => value));
		known.set(cluster, digest);
	}
	return digest;
}

function hexOf(value: unknown): string {
	const digest = sha256(JSON.stringify(canonical(value)));
	return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The same value in the same form whatever order its keys were written in, and without where an expectation is known from. */
function canonical(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(canonical);
	if (value instanceof Map) return canonical(Object.fromEntries(value));
	if (typeof value !== "object" || value === null) return value;
	const entries = Object.entries(value).filter(([key]) => key !== "sources");
	return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, canonical(each)]));
}
