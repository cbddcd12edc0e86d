/** A table, chain or set of the state: folded away until somebody looks at it. */
import type { StateGroup } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { OriginLine } from "../../parts/origin-line.tsx";
import { useTexts } from "../../texts/language.ts";

interface Props {
	readonly group: StateGroup;
	readonly expanded: boolean;
	/** The URL leads here. */
	readonly target: boolean;
	readonly onJump: (group: string) => void;
}

/** More lines at once make browsers slow. */
const PAGE = 300;

export function Group({ group, expanded, target, onJump }: Props): JSX.Element {
	const { state: texts } = useTexts();
	const [open, setOpen] = useState(expanded);
	const [most, setMost] = useState(PAGE);
	const frame = useRef<HTMLDetailsElement>(null);
	useEffect(() => setOpen(expanded), [expanded]);
	useEffect(() => {
		if (!target) return;
		frame.current?.scrollIntoView({ block: "start" });
		frame.current?.querySelector("summary")?.focus({ preventScroll: true });
	}, [target]);
	const left = group.entries.length - most;
	return (
		<details
			ref={frame}
			class={target ? "group target" : "group"}
			open={open}
			onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
		>
			<summary>
				<code>{group.name}</code> <span class="quiet">{group.entries.length}</span>
			</summary>
			{open && (
				<ol>
					{group.entries.slice(0, most).map(({ text, origin, jump }, index) => (
						<li key={index}>
							<pre>{text}</pre>
							<OriginLine origin={origin} />
							{jump !== undefined && (
								<button type="button" class="small" onClick={() => onJump(jump)}>
									{texts.follow(jump.slice(jump.lastIndexOf(" ") + 1))}
								</button>
							)}
						</li>
					))}
				</ol>
			)}
			{open && left > 0 && (
				<button type="button" class="small" onClick={() => setMost(most + PAGE)}>
					{texts.more(left)}
				</button>
			)}
		</details>
	);
}
