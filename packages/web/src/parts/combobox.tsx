/** A text field with proposals, after the ARIA combobox pattern. */
import type { KnownPlace } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useTexts } from "../texts/language.ts";

interface Props {
	readonly label: string;
	readonly value: string;
	readonly placeholder: string;
	readonly propose: (typed: string) => Promise<readonly KnownPlace[]>;
	/** Called when the person has decided: a proposal was chosen, Enter pressed, or the field left. */
	readonly onChoose: (value: string) => void;
	/** The field that `/` leads to. */
	readonly search?: boolean;
}

export function Combobox({ label, value, placeholder, propose, onChoose, search = false }: Props): JSX.Element {
	const texts = useTexts();
	const id = useId();
	const [typed, setTyped] = useState(value);
	const [open, setOpen] = useState(false);
	const [active, setActive] = useState(-1);
	const proposals = useProposals(typed, open, propose);
	useEffect(() => setTyped(value), [value]);
	const choose = (text: string): void => {
		setTyped(text);
		setOpen(false);
		setActive(-1);
		if (text.trim() !== value) onChoose(text.trim());
	};
	const press = (event: KeyboardEvent): void => {
		if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			const step = event.key === "ArrowDown" ? 1 : -1;
			setOpen(true);
			if (proposals.length > 0) setActive((active + step + proposals.length) % proposals.length);
		} else if (event.key === "Enter") choose(open ? (proposals[active]?.name ?? typed) : typed);
		else if (event.key === "Escape" && open) setOpen(false);
		else return;
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
					setActive(-1);
				}}
				onKeyDown={press}
				onBlur={() => choose(typed)}
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
	readonly proposals: readonly KnownPlace[];
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
			{proposals.map(({ name, addresses, on }, index) => (
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
					<span class="quiet">{[addresses[0], on].filter((each) => each !== undefined).join(" · ")}</span>
				</div>
			))}
		</div>
	);
}

function useProposals(typed: string, open: boolean, propose: Props["propose"]): readonly KnownPlace[] {
	const [proposals, setProposals] = useState<readonly KnownPlace[]>([]);
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
