/** Moves the packet: a slider, buttons, and by itself. */
import type { Step } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { useTexts } from "../../texts/language.ts";
import { isTyping } from "../../typing.ts";

interface Props {
	readonly steps: readonly Step[];
	readonly current: number;
	readonly onStep: (index: number) => void;
	/** The step with which the packet, or its answer, ends on its way, and the one at which the cause of that shows. */
	readonly end?: number | null;
	readonly cause?: number | null;
}

const PLAYING_MS = 700;

export function Stepper({ steps, current, onStep, end = null, cause = null }: Props): JSX.Element {
	const { path: texts } = useTexts();
	const last = steps.length - 1;
	const { playing, toggle } = usePlay(current, last, onStep);
	const step = steps[current];
	const turn = steps.findIndex(({ direction }) => direction !== "forward");
	const described =
		step === undefined
			? ""
			: `${texts[step.direction]}, ${texts.step(current + 1, steps.length)}: ${step.hop.at} ${step.hop.stage}`;
	return (
		<div class="stepper">
			<button type="button" aria-label={texts.first} title={texts.first} onClick={() => onStep(0)}>
				<Icon name="first" />
			</button>
			<button
				type="button"
				aria-label={texts.previous}
				title={`${texts.previous} (←)`}
				onClick={() => onStep(current - 1)}
			>
				<Icon name="previous" />
			</button>
			<button
				type="button"
				class="play"
				aria-label={playing ? texts.pause : texts.play}
				title={playing ? texts.pause : texts.play}
				onClick={toggle}
			>
				<Icon name={playing ? "pause" : "play"} />
			</button>
			<button type="button" aria-label={texts.next} title={`${texts.next} (→)`} onClick={() => onStep(current + 1)}>
				<Icon name="next" />
			</button>
			<div class="track">
				<input
					type="range"
					min="0"
					max={last}
					value={current}
					aria-label={texts.slider}
					aria-valuetext={described}
					onInput={({ currentTarget }) => onStep(Number(currentTarget.value))}
				/>
				<svg class="turn" viewBox={`0 0 ${steps.length} 1`} preserveAspectRatio="none" aria-hidden="true">
					<rect class="forward" x="0" y="0" width={turn < 0 ? steps.length : turn} height="1" />
					{turn >= 0 && <rect class="reply" x={turn} y="0" width={steps.length - turn} height="1" />}
				</svg>
				{(end !== null || cause !== null) && (
					<div class="track-marks" aria-hidden="true">
						<Mark sign="✕" at={end} last={last} />
						<Mark sign="▲" at={cause} last={last} />
					</div>
				)}
			</div>
			<output class={step?.direction === "forward" ? "forward" : "reply"}>
				{step === undefined ? "" : texts[step.direction]} {current + 1}/{steps.length}
			</output>
		</div>
	);
}

interface MarkProps {
	readonly sign: string;
	/** The index of a step; null: there is none. */
	readonly at: number | null;
	readonly last: number;
}

function Mark({ sign, at, last }: MarkProps): JSX.Element | null {
	return at === null ? null : <span style={{ left: `${(at / Math.max(1, last)) * 100}%` }}>{sign}</span>;
}

function usePlay(
	current: number,
	last: number,
	onStep: (index: number) => void,
): { readonly playing: boolean; readonly toggle: () => void } {
	const [playing, setPlaying] = useState(false);
	useEffect(() => {
		if (!playing) return;
		if (current >= last) return setPlaying(false);
		const timer = setTimeout(() => onStep(current + 1), PLAYING_MS);
		return () => clearTimeout(timer);
	}, [playing, current, last]);
	const toggle = (): void => {
		if (!playing && current >= last) onStep(0);
		setPlaying(!playing);
	};
	useEffect(() => {
		const press = (event: KeyboardEvent): void => {
			if (event.key !== " " || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
			// A button that has the focus is pressed by the space bar.
			if (event.target instanceof HTMLElement && event.target.closest("button,summary,a,dialog") !== null) return;
			event.preventDefault();
			toggle();
		};
		addEventListener("keydown", press);
		return () => removeEventListener("keydown", press);
	});
	return { playing, toggle };
}
