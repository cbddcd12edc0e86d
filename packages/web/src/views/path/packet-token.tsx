/** The packet in the picture: a disc on its way there, a diamond on its way back. */
import type { Point, Step } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { wantsStillness } from "../../browser.ts";

interface Props {
	readonly point: Point;
	readonly direction: Step["direction"];
}

const MOVING_MS = 240;

export function PacketToken({ point, direction }: Props): JSX.Element {
	const { x, y } = useMoving(point);
	return (
		<g class={`token ${direction === "forward" ? "forward" : "reply"}`} transform={`translate(${x} ${y})`}>
			{direction === "forward" ? <circle r="8" /> : <path d="M0 -10 L10 0 L0 10 L-10 0 z" />}
		</g>
	);
}

/** The point, reached in a short glide unless the person wants stillness. */
function useMoving(target: Point): Point {
	const [shown, setShown] = useState(target);
	const latest = useRef(shown);
	latest.current = shown;
	useEffect(() => {
		if (wantsStillness()) return setShown(target);
		const from = latest.current;
		const begun = performance.now();
		let frame = 0;
		const draw = (now: number): void => {
			const share = Math.min(1, Math.max(0, now - begun) / MOVING_MS);
			const eased = 1 - (1 - share) ** 3;
			setShown({ x: from.x + (target.x - from.x) * eased, y: from.y + (target.y - from.y) * eased });
			if (share < 1) frame = requestAnimationFrame(draw);
		};
		frame = requestAnimationFrame(draw);
		return () => cancelAnimationFrame(frame);
	}, [target.x, target.y]);
	return shown;
}
