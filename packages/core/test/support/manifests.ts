/** Manifests for tests, and what loading them says. */
import type { Cluster } from "../../src/cluster/cluster.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { type Diagnostic, diagnosticIn, InputError } from "../../src/diagnostic/diagnostic.ts";
import { englishIn } from "./no-english.ts";

/** The cluster of these YAML documents. */
export function clusterOfYaml(...documents: readonly string[]): Cluster {
	return loadCluster([{ name: "cluster.yaml", text: documents.join("\n---\n") }]);
}

/**
 * What is wrong with a file, as the command line would say it; empty where nothing is.
 * @throws {Error} For what would be told in English to somebody who reads Chinese.
 */
export function errorOf(text: string, name = "a.yaml"): string {
	try {
		loadCluster([{ name, text }]);
		return "";
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		refuseEnglish(error.diagnostic);
		return error.message;
	}
}

/** What is wrong with YAML is also quoted as the `yaml` package says it, which knows English alone. */
function refuseEnglish(diagnostic: Diagnostic): void {
	const { code, message, hint = "" } = diagnosticIn(diagnostic, "zh");
	const english = code === "yaml-syntax" ? [] : [...englishIn(message), ...englishIn(hint)];
	if (english.length > 0 || !HAN.test(message)) throw new Error(`told in English: ${message} ${hint}`);
}

const HAN = /\p{Script=Han}/u;

/** A Pod in the namespace `default`. */
export function podYaml(name: string, ip: string, more = ""): string {
	return `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, labels: { app: web } }\nspec: { nodeName: a }\nstatus: { podIP: "${ip}" }\n${more}`;
}

export function nodeYaml(name: string, ip: string, podCIDR: string): string {
	return `apiVersion: v1\nkind: Node\nmetadata: { name: ${name} }\nspec: { podCIDR: ${podCIDR} }\nstatus: { addresses: [{ type: InternalIP, address: ${ip} }] }`;
}

/** A Service in the namespace `default`, with the members of its spec in YAML's flow style. */
export function serviceYaml(name: string, spec: string): string {
	return `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { ${spec} }`;
}

/** An object of podpath's own, named like its kind in lower case. */
export function ownYaml(kind: string, spec: string): string {
	return `apiVersion: podpath.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${kind.toLowerCase()} }\nspec: { ${spec} }`;
}
