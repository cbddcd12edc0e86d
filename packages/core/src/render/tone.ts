/** How good a verdict is, for colours and signs: what cannot be told is neither good nor bad. */
import type { Verdict } from "../trace/explanation.ts";

export type Tone = "good" | "bad" | "unsure";

export function toneOf(verdict: Verdict | "mixed"): Tone {
	if (verdict === "delivered") return "good";
	return verdict === "exits" || verdict === "unknown" ? "unsure" : "bad";
}
