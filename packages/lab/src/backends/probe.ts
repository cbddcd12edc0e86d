/** What a kernel can do: each feature is tried in a kernel of its own kind, which is then thrown away. */
import { existsSync } from "node:fs";
import type { Said } from "@podpath/core";
import type { BackendKind } from "../backend.ts";
import { FEATURES, type Feature } from "../lab-plan.ts";
import { AgentBackend } from "./agent-backend.ts";
import type { LaunchOptions } from "./agent-process.ts";
import { cacheKey, type Known, type Missing, recall, remember } from "./feature-cache.ts";
import { FEATURE_MODULES } from "./feature-modules.ts";
import { FEATURE_TESTS, TRIAL_NAMESPACE } from "./feature-tests.ts";
import type { Kernel, Running } from "./kernel.ts";
import { kernelOf } from "./kernels.ts";
import { LabError } from "./lab-error.ts";

/** Another text when the tests change, or how findings are kept: what was found before is then no longer believed. */
const TESTS = JSON.stringify(["reasons are phrases", FEATURE_TESTS, FEATURE_MODULES]);
const PROGRAM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

/** What one kind of kernel can do here. */
export interface FeatureReport {
	readonly kind: BackendKind;
	/** `uname -r`. */
	readonly kernel: string;
	readonly features: ReadonlySet<Feature>;
	/** For each that is missing: what the kernel or the tool said. */
	readonly missing: Missing;
}

export interface ProbeFeaturesOptions extends LaunchOptions {
	readonly kind: BackendKind;
	/** Tries again even if it is known. */
	readonly fresh?: boolean;
}

/**
 * The features of one kind of kernel: from the user's cache when the kernel and the tools are the same as then, else
 * tried (a third of a second on the host's kernel, two in User-Mode Linux). Rejects with a LabError where that kind cannot run.
 */
export async function probeFeatures(options: ProbeFeaturesOptions): Promise<FeatureReport> {
	const kernel = kernelOf(options.kind);
	let known = options.fresh ? undefined : recall(kernel.kind, keyOf(kernel));
	if (known === undefined) {
		known = await tryAll(kernel, options);
		// Trials load modules, so what the key is made of may just have changed.
		remember(kernel.kind, keyOf(kernel), known);
	}
	const { missing } = known;
	const features = new Set(FEATURES.filter((feature) => !missing.has(feature)));
	return { kind: kernel.kind, kernel: known.kernel, features, missing };
}

/** Loads the features' modules where the kernel is our own: br_netfilter, say, changes what all its bridges do. */
export async function loadModules(kernel: Kernel, backend: AgentBackend, features: Iterable<Feature>): Promise<void> {
	if (!kernel.ownModules) return;
	const modules = new Set([...features].flatMap((feature) => FEATURE_MODULES[feature]));
	if (modules.size === 0) return;
	try {
		await backend.run([{ kind: "run", argv: ["modprobe", "-a", ...modules] }]);
	} catch (error) {
		// One that this kernel does not have, or has built in: whether it is missed is for the trials to find.
		if (!(error instanceof LabError)) throw error;
	}
}

async function tryAll(kernel: Kernel, options: LaunchOptions): Promise<Known> {
	const running = await kernel.start(options);
	const backend = backendOf(kernel, running, new Set());
	try {
		await loadModules(kernel, backend, FEATURES);
		const missing = new Map<Feature, Said>();
		for (const feature of FEATURES) {
			const why = await tryOne(backend, feature);
			if (why !== undefined) missing.set(feature, why);
		}
		return { kernel: running.kernel, missing };
	} finally {
		await backend.close();
	}
}

/** Why the feature is missing; undefined when it is there. Rejects when the kernel itself failed. */
async function tryOne(backend: AgentBackend, feature: Feature): Promise<Said | undefined> {
	const { steps, listeners } = FEATURE_TESTS[feature];
	await backend.addNamespaces([{ name: TRIAL_NAMESPACE }]);
	let why: Said | undefined;
	try {
		await backend.run(steps);
		await backend.listen(listeners ?? []);
	} catch (error) {
		if (!(error instanceof LabError)) throw error;
		why = error.said;
	}
	await backend.removeNamespaces([TRIAL_NAMESPACE]);
	return why;
}

/** The backend over a running kernel. */
export function backendOf(kernel: Kernel, running: Running, features: ReadonlySet<Feature>): AgentBackend {
	return new AgentBackend({ kind: kernel.kind, features, ...running });
}

function keyOf(kernel: Kernel): string {
	const programs = FEATURES.flatMap((feature) => FEATURE_TESTS[feature].programs);
	const files = [...new Set(programs)].map((name) =>
		PROGRAM_FOLDERS.map((folder) => `${folder}/${name}`).find(existsSync),
	);
	return cacheKey(
		[TESTS, String(process.getuid?.()), ...kernel.identity()],
		[...kernel.files, ...files.filter((file) => file !== undefined)],
	);
}
