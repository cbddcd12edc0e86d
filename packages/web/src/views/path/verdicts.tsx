/** What an answer comes to, and the ways to choose among. */
import { type Explanation, formatShare, type PathGroup } from "@podpath/core";
import type { ComponentChildren, JSX } from "preact";
import { VerdictBadge } from "../../parts/verdict.tsx";
import { useTexts } from "../../texts/language.ts";

interface Props {
	readonly explanation: Explanation;
	readonly groups: readonly PathGroup[];
	readonly way: number;
	readonly onWay: (index: number) => void;
	/** What leads on from the way that is looked at. */
	readonly children?: ComponentChildren;
}

export function Verdicts({ explanation, groups, way, onWay, children }: Props): JSX.Element {
	const { path: texts } = useTexts();
	const reason = groups[way]?.first.reason ?? "";
	return (
		<div class="verdicts">
			<p class="verdict-line" role="status">
				<VerdictBadge verdict={explanation.verdict} /> <span>{reason}</span>
			</p>
			{groups.length > 1 && (
				<div class="ways" role="group" aria-label={texts.branches}>
					{groups.map(({ first, others, weight }, index) => (
						<button key={index} type="button" aria-pressed={index === way} onClick={() => onWay(index)}>
							<span class="share">{formatShare(weight)}</span> <VerdictBadge verdict={first.verdict} />{" "}
							<span class="quiet">{first.forward.links.at(-1)?.at}</span>
							{others.length > 0 && <span class="quiet"> · {texts.alike(others.length + 1)}</span>}
						</button>
					))}
				</div>
			)}
			{children}
		</div>
	);
}
