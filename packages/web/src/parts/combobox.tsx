/** A text field with proposals, after the ARIA combobox pattern. */
import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useTexts } from "../texts/language.ts";

/** What can be chosen, with what helps to tell it from the others. */
export interface Proposal {
	readonly name: string;
	readonly title?: string;
	readonly addresses?: readonly string[];
	/** A pod's node. */
	readonly on?: string;
}

interface Props {
	readonly label: string;
	readonly value: string;
	readonly placeholder: string;
	readonly propose: (typed: string) => Promise<readonly Proposal[]>;
	/** Called when the person has decided: a proposal was chosen, Enter pressed, or the field left. */
	readonly onChoose: (value: string) => void;
	/** The field that `/` leads to. */
	readonly search?: boolean;
	/** Nothing else than a proposal can be chosen, or nothing at all: what is typed looks for one. */
	readonly listed?: boolean;
}

export function Combobox({
	label,
	value,
	placeholder,
	propose,
	onChoose,
	search = false,
	listed = false,
}: Props): JSX.Element {
	const texts = useTexts();
	const id = useId();
	const [typed, setTyped] = useState(value);
	const [open, setOpen] = useState(false);
	const [active, setActive] = useState(-1);
	// All of them can be looked through from the one that is chosen.
	const sought = listed && typed === value ? "" : typed;
	const proposals = useProposals(sought, open, propose);
	useEffect(() => setTyped(value), [value]);
	const choose = (text: string): void => {
		setTyped(text);
		setOpen(false);
		setActive(-1);
		if (text.trim() !== value) onChoose(text.trim());
	};
	const close = (): void => {
		setTyped(value);
		setOpen(false);
		setActive(-1);
	};
	// The proposals that are shown may still be those of what was typed before.
	const enter = (): void => {
		if (!listed) choose(open ? (proposals[active]?.name ?? typed) : typed);
		else if (typed.trim() === "" && active < 0) choose("");
		else propose(sought).then((found) => choose(found[active]?.name ?? value), close);
	};
	const leave = (): void => {
		if (!listed || typed.trim() === "") choose(typed);
		else if (typed !== value) {
			const name = typed.trim();
			propose(name).then((found) => (found.some((each) => each.name === name) ? choose(name) : close()), close);
		} else close();
	};
	const press = (event: KeyboardEvent): void => {
		if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			const step = event.key === "ArrowDown" ? 1 : -1;
			setOpen(true);
			if (proposals.length > 0) setActive((active + step + proposals.length) % proposals.length);
		} else if (event.key === "Enter") enter();
		else if (event.key === "Escape" && open) {
			if (listed) close();
			else setOpen(false);
		} else return;
		event.preventDefault();
		event.stopPropagation();
	};
	return (
		<div class="field combobox">
			<label for={`${id}-field`}>{label}</label>
			<input
				id={`${id}-field`}
				type="text"
				role="combobox"
				autocomplete="off"
				autocapitalize="off"
				spellcheck={false}
				value={typed}
				placeholder={placeholder}
				aria-autocomplete="list"
				aria-expanded={open && proposals.length > 0}
				aria-controls={`${id}-list`}
				aria-activedescendant={open && active >= 0 ? `${id}-${active}` : undefined}
				data-search={search ? "" : undefined}
				onInput={({ currentTarget }) => {
					setTyped(currentTarget.value);
					setOpen(true);
					setActive(listed && currentTarget.value.trim() !== "" ? 0 : -1);
				}}
				onClick={({ currentTarget }) => {
					if (!listed) return;
					currentTarget.select();
					setOpen(true);
				}}
				onKeyDown={press}
				onBlur={leave}
			/>
			<Proposals id={id} label={label} proposals={open ? proposals : []} active={active} onChoose={choose} />
			<span class="sr-only" aria-live="polite">
				{open ? texts.question.suggestions(proposals.length) : ""}
			</span>
		</div>
	);
}

interface ProposalsProps {
	readonly id: string;
	readonly label: string;
	readonly proposals: readonly Proposal[];
	readonly active: number;
	readonly onChoose: (name: string) => void;
}

function Proposals({ id, label, proposals, active, onChoose }: ProposalsProps): JSX.Element {
	const list = useRef<HTMLDivElement>(null);
	useEffect(() => {
		list.current?.children[active]?.scrollIntoView({ block: "nearest" });
	}, [active]);
	return (
		<div
			class="proposals"
			id={`${id}-list`}
			ref={list}
			role="listbox"
			aria-label={label}
			hidden={proposals.length === 0}
		>
			{proposals.map(({ name, title, addresses, on }, index) => (
				// The field keeps the focus: leaving it would choose what is typed so far.
				<div
					key={name}
					id={`${id}-${index}`}
					role="option"
					aria-selected={index === active}
					onPointerDown={(event) => {
						event.preventDefault();
						onChoose(name);
					}}
				>
					<span class="name">{name}</span>
					<span class="quiet">{[title, addresses?.[0], on].filter((each) => each !== undefined).join(" · ")}</span>
				</div>
			))}
		</div>
	);
}

function useProposals(typed: string, open: boolean, propose: Props["propose"]): readonly Proposal[] {
	const [proposals, setProposals] = useState<readonly Proposal[]>([]);
	useEffect(() => {
		if (!open) return;
		let current = true;
		propose(typed).then(
			(found) => current && setProposals(found),
			() => current && setProposals([]),
		);
		return () => {
			current = false;
		};
	}, [typed, open, propose]);
	return proposals;
}
