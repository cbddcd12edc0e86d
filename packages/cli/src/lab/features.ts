/** `podpath lab features`: what the kernels here can build. */
import { printable, stringifyJson, worded } from "@podpath/core";
import { AUTOMATIC_KINDS, FEATURES, type FeatureReport, firstLine, LabError, probeFeatures } from "@podpath/lab";
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { progressOn } from "./progress.ts";

type Found = { readonly kind: string } & (FeatureReport | { readonly why: string });

export async function showFeatures(
	{ stdout, stderr }: CliProcess,
	{ output, fresh }: { readonly output: "text" | "json"; readonly fresh: boolean },
): Promise<ExitStatus> {
	const found: Found[] = [];
	const progress = progressOn(stderr);
	for (const kind of AUTOMATIC_KINDS) {
		progress(`trying ${kind}`);
		try {
			found.push(await probeFeatures({ kind, fresh }));
		} catch (error) {
			if (!(error instanceof LabError)) throw error;
			found.push({ kind, why: error.message });
		}
	}
	progress("");
	if (output === "json") {
		const items = found.map((each) =>
			"why" in each
				? each
				: {
						kind: each.kind,
						kernel: each.kernel,
						features: [...each.features],
						missing: Object.fromEntries([...each.missing].map(([feature, why]) => [feature, worded(why)])),
					},
		);
		stdout.write(stringifyJson({ apiVersion: "podpath.dev/v1alpha1", kind: "LabFeatures", items }));
		return EXIT.yes;
	}
	for (const each of found) {
		if ("why" in each) {
			stdout.write(`${each.kind}  cannot be used: ${printable(each.why)}\n`);
			continue;
		}
		stdout.write(`${each.kind}  kernel ${each.kernel}: ${each.features.size} of ${FEATURES.length} features\n`);
		for (const [feature, why] of each.missing)
			stdout.write(`  lacks ${feature}: ${printable(worded(firstLine(why)))}\n`);
	}
	return EXIT.yes;
}
