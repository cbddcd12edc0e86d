/** Every step as a list: what the picture shows, for eyes that read and for screen readers. */
import type { PathEnd, Step } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useTexts } from "../../texts/language.ts";

interface Props {
	readonly steps: readonly Step[];
	readonly current: number;
	readonly onStep: (index: number) => void;
	/** Steps that the unchanged cluster does not have. */
	readonly changed?: ReadonlySet<number> | undefined;
	/** The step with which the packet, or its answer, ends on its way, and how. */
	readonly end?: { readonly step: number; readonly kind: PathEnd } | null;
	/** The step at which the cause of that shows. */
	readonly cause?: number | null;
}

export function StepList({ steps, current, onStep, changed, end = null, cause = null }: Props): JSX.Element {
	const { path: texts } = useTexts();
	const list = useRef<HTMLOListElement>(null);
	useEffect(() => lookAt(list.current, current), [current]);
	return (
		<nav class="steps" aria-label={texts.steps}>
			<h2>{texts.steps}</h2>
			<ol ref={list} onKeyDown={(event) => stepBy(event, current, onStep)}>
				{steps.map(({ direction, hop }, index) => {
					const before = steps[index - 1];
					const first = before?.direction !== direction;
					return (
						<li key={index} data-step={index}>
							{first && <h3 class={direction === "forward" ? "forward" : "reply"}>{texts[direction]}</h3>}
							{(first || before?.hop.at !== hop.at) && <p class="where">{hop.at}</p>}
							<button
								type="button"
								class={`${changed?.has(index) ? "changed" : ""}${index === end?.step ? " end" : ""}${index === cause ? " cause" : ""}`}
								// One stop of the Tab key for all of them; arrows go from one to the next.
								tabIndex={index === current ? 0 : -1}
								aria-current={index === current ? "step" : undefined}
								onClick={() => onStep(index)}
							>
								<span class="stage-name">{hop.stage}</span>
								<span class="device-name">{hop.device}</span>
								<span class="what">
									{changed?.has(index) && <b class="mark">{texts.changedStep}</b>}{" "}
									{index === cause && <b class="loss">▲ {texts.causeMark}</b>}
									{end !== null && index === end.step && <b class="loss">✕ {texts.endSign[end.kind]}</b>} {hop.decision}
								</span>
							</button>
						</li>
					);
				})}
			</ol>
		</nav>
	);
}

/** The arrows of a list that goes down; those that move the packet everywhere do so here too. */
function stepBy(event: KeyboardEvent, current: number, onStep: (index: number) => void): void {
	const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
	if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
	event.preventDefault();
	onStep(current + by);
}

/** Whoever is in the list goes along with the packet. */
function lookAt(list: HTMLOListElement | null, current: number): void {
	keepInSight(list, current);
	if (list?.contains(document.activeElement) !== true) return;
	const button = list.querySelector(`[data-step="${current}"] button`);
	if (button instanceof HTMLElement) button.focus();
}

/** Scrolls the list alone: the page must stay where it is. */
function keepInSight(list: HTMLOListElement | null, current: number): void {
	const item = list?.querySelector(`[data-step="${current}"]`);
	if (list == null || !(item instanceof HTMLElement)) return;
	const [top, bottom] = [item.offsetTop - list.offsetTop, item.offsetTop - list.offsetTop + item.offsetHeight];
	if (top < list.scrollTop) list.scrollTop = top;
	else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
}
