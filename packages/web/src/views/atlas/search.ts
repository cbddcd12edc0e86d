/** Finding scenarios. */
import type { ScenarioEntry } from "@podpath/core";

/** Those that hold every word, wherever it stands. */
export function matching(scenarios: readonly ScenarioEntry[], search: string): readonly ScenarioEntry[] {
	const words = search.toLowerCase().split(/\s+/);
	return scenarios.filter((scenario) => {
		const text = textOf(scenario);
		return words.every((word) => text.includes(word));
	});
}

function textOf({ name, title, titleZh = "", note = "", question, verdicts, sources }: ScenarioEntry): string {
	const parts = [name, title, titleZh, note, question.from, question.to, question.via ?? "", question.protocol];
	return [...parts, ...verdicts, ...sources].join(" ").toLowerCase();
}

/** The source is a run on a real kernel (docs/measurements.md): `E:t1.S2`, `K1`, `X3`. */
export function isMeasured(source: string): boolean {
	return /^(E:t\d|[KX]\d+$)/.test(source);
}

export const PROOFS = ["proven", "outdated", "unproven"] as const;

/** Those of which the record of proofs says so; all where the word is none of its. */
export function withProof(scenarios: readonly ScenarioEntry[], word: string): readonly ScenarioEntry[] {
	const kind = PROOFS.find((each) => each === word);
	return kind === undefined ? scenarios : scenarios.filter(({ proof }) => (proof?.kind ?? "unproven") === kind);
}
