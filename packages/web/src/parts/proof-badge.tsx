/** Whether a real kernel did as the engine says of a scenario, and which one. */
import type { ProofState } from "@podpath/core";
import type { JSX } from "preact";
import { useTexts } from "../texts/language.ts";

const TONES = { proven: "good", outdated: "unsure", unproven: "unsure" } as const;

export function ProofBadge({ proof }: { readonly proof: ProofState }): JSX.Element {
	const { proof: texts } = useTexts();
	return (
		<span class={`badge tone-${TONES[proof.kind]}`} title={texts.hints[proof.kind]}>
			{texts.kinds[proof.kind]}
		</span>
	);
}

/** The same in a sentence: when, on what, and how many of the ways were seen. */
export function ProofLine({ proof }: { readonly proof: ProofState }): JSX.Element {
	const { proof: texts } = useTexts();
	return (
		<p class="proof">
			<ProofBadge proof={proof} />{" "}
			{proof.kind === "unproven" ? (
				texts.hints.unproven
			) : (
				<>
					{texts.on(proof.proof.date, texts.backends[proof.proof.backend], proof.proof.kernel)}
					{proof.proof.ways.of > 1 && ` ${texts.ways(proof.proof.ways.seen, proof.proof.ways.of)}`}
					{proof.kind === "outdated" && ` ${texts.hints.outdated}`}
				</>
			)}
		</p>
	);
}
