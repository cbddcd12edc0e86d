/** A table, chain or set of the state: folded away until somebody looks at it. */
import { type Citation, isCited, type StateEntry, type StateGroup } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Input } from "../../backend/backend.ts";
import { OriginLine } from "../../parts/origin-line.tsx";
import { useTextsOf } from "../../texts/language.ts";
import { STATE } from "../../texts/state.ts";
import { Meetings } from "./meetings/meetings.tsx";

/** Of what a hop can go by; addresses are cited by none, and settings only by what they keep from being asked. */
const CITED = /^(table |ip rule|ip -6 rule|ip neigh|bridge fdb|ipvsadm|iptables |ip6tables |nft )/;

interface Props {
	readonly group: StateGroup;
	readonly expanded: boolean;
	/** The URL leads here. */
	readonly target: boolean;
	/** The entry that it leads to there. */
	readonly cited: Citation | null;
	readonly input: Input;
	readonly place: string;
	readonly onJump: (group: string) => void;
}

/** More lines at once make browsers slow. */
const PAGE = 300;

export function Group({ group, expanded, target, cited, input, place, onJump }: Props): JSX.Element {
	const texts = useTextsOf(STATE);
	const [open, setOpen] = useState(expanded);
	const isMeant = ({ text }: StateEntry): boolean => cited !== null && isCited(cited, group.name, text);
	const meant = target ? group.entries.findIndex(isMeant) : -1;
	const [most, setMost] = useState(Math.max(PAGE, meant + 1));
	const [sought, setSought] = useState<string | null>(null);
	const frame = useRef<HTMLDetailsElement>(null);
	useEffect(() => setOpen(expanded), [expanded]);
	useEffect(() => {
		if (!target) return;
		const entry = frame.current?.querySelector("li.cited");
		(entry ?? frame.current)?.scrollIntoView({ block: entry == null ? "start" : "center" });
		frame.current?.querySelector("summary")?.focus({ preventScroll: true });
	}, [target, meant]);
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
					{group.entries.slice(0, most).map((entry, index) => (
						<li key={index} class={index === meant ? "cited" : ""}>
							<pre>{entry.text}</pre>
							<OriginLine origin={entry.origin} />
							<Jump entry={entry} onJump={onJump} />
							{CITED.test(group.name) && (
								<button
									type="button"
									class="small"
									aria-label={`${texts.meet}: ${entry.text.split("\n", 1)[0]}`}
									aria-expanded={sought === entry.text}
									onClick={() => setSought(sought === entry.text ? null : entry.text)}
								>
									{texts.meet}
								</button>
							)}
							{sought === entry.text && <Meetings input={input} place={place} group={group.name} entry={entry} />}
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

interface JumpProps {
	readonly entry: StateEntry;
	readonly onJump: (group: string) => void;
}

function Jump({ entry: { jump }, onJump }: JumpProps): JSX.Element | null {
	const texts = useTextsOf(STATE);
	if (jump === undefined) return null;
	return (
		<button type="button" class="small" onClick={() => onJump(jump)}>
			{texts.follow(jump.slice(jump.lastIndexOf(" ") + 1))}
		</button>
	);
}
