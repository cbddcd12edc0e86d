/** What the picture's signs mean; only those that are in it. */
import { type ExplainedPath, endOf, toneOf } from "@podpath/core";
import type { ComponentChildren, JSX } from "preact";
import { useTexts } from "../../texts/language.ts";
import { CauseSign } from "./cause-sign.tsx";

interface Props {
	readonly path: ExplainedPath;
	/** Whether the picture has the sign of a cause. */
	readonly cause: boolean;
}

export function Legend({ path, cause }: Props): JSX.Element {
	const { path: texts } = useTexts();
	const back = path.reply !== null ? texts.reply : path.refusal !== undefined ? texts.refusal : null;
	const end = endOf(path);
	return (
		<ul class="legend picture-signs">
			<Sign text={texts.forward}>
				<path class="arrow forward" d="M2 8h24" />
				<path class="forward-head" d="M22 3l8 5-8 5z" />
			</Sign>
			{back !== null && (
				<Sign text={back}>
					<path class="arrow reply" d="M2 8h24" />
					<path class="reply-head" d="M22 3l7 5-7 5" />
				</Sign>
			)}
			<Sign text={texts.startSign}>
				<rect class="start-sign" x="6" y="2" width="20" height="12" rx="4" />
			</Sign>
			{end === null && (
				<Sign text={texts.arrivalSign}>
					<rect class="arrival-sign" x="6" y="2" width="20" height="12" rx="4" />
				</Sign>
			)}
			{end !== null && (
				<Sign text={texts.endSign[end]}>
					<path class={`end-mark ${toneOf(path.verdict)}`} d="M11 3l10 10m0-10L11 13" />
				</Sign>
			)}
			{cause && (
				<Sign text={texts.causeSign}>
					<CauseSign x={16} y={8} />
				</Sign>
			)}
			{path.serviceAddressSeenAt.length > 0 && (
				<Sign text={texts.serviceSeenSign}>
					<circle class="service-mark" cx="16" cy="8" r="5" />
				</Sign>
			)}
			{path.notReached !== undefined && (
				<Sign text={texts.notReachedSign(path.notReached.at)}>
					<rect class="unreached-sign" x="6" y="2" width="20" height="12" rx="3" />
				</Sign>
			)}
			{path.clientAddress?.lostAt !== undefined && (
				<Sign text={texts.clientLostSign}>
					<path class="client-mark" d="M10 8a6 6 0 1 0 12 0a6 6 0 1 0 -12 0m3 0h6" />
				</Sign>
			)}
		</ul>
	);
}

function Sign({ text, children }: { readonly text: string; readonly children: ComponentChildren }): JSX.Element {
	return (
		<li>
			<svg viewBox="0 0 32 16" width="32" height="16" aria-hidden="true">
				{children}
			</svg>
			{text}
		</li>
	);
}
