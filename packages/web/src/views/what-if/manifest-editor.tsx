/** One file in an editor, with what is wrong in it marked at its lines. */
import type { ManifestFile, ToldDiagnostic } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useTexts, useTextsOf } from "../../texts/language.ts";
import { WHAT_IF } from "../../texts/what-if.ts";
import type { Stretch } from "./draft.ts";
import type { Editor } from "./editor.ts";

/** `turn` tells one wish to go somewhere from the same wish again. */
export interface Goal {
	readonly line: number;
	readonly column: number;
	readonly turn: number;
}

interface Props {
	/** As it was before anybody changed it. */
	readonly file: ManifestFile;
	/** Null: it is as it was. */
	readonly stretch: Stretch | null;
	/** Another one: the text is another by somebody else's hand than that which types here. */
	readonly turn: number;
	readonly diagnostics: readonly ToldDiagnostic[];
	readonly goal: Goal | null;
	/** After a pause in typing, and before anything else of the page is used. */
	readonly onChange: (stretch: Stretch | null) => void;
}

export function ManifestEditor({ file, stretch, turn, diagnostics, goal, onChange }: Props): JSX.Element {
	const texts = useTextsOf(WHAT_IF);
	const { loading } = useTexts();
	const host = useRef<HTMLDivElement>(null);
	const [editor, setEditor] = useState<Editor | null>(null);
	const listener = useRef(onChange);
	listener.current = onChange;
	const shown = useRef(stretch);
	shown.current = stretch;
	useEffect(() => {
		let opened: Editor | null = null;
		let current = true;
		void import("./editor.ts").then(({ openEditor }) => {
			if (!current || host.current === null) return;
			const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
			const label = texts.editor(file.name);
			const onTyped = (typed: Stretch | null): void => listener.current(typed);
			opened = openEditor(root, { file, stretch: shown.current, label, phrases: texts.phrases, onChange: onTyped });
			setEditor(opened);
		});
		return () => {
			current = false;
			opened?.close();
		};
	}, []);
	// Not at each change of the text: what comes back from typing is older than what has been typed since.
	useEffect(() => editor?.show(shown.current), [editor, turn]);
	useEffect(() => editor?.mark(diagnostics), [editor, diagnostics]);
	useEffect(() => {
		if (goal !== null) editor?.goTo(goal.line, goal.column);
	}, [editor, goal?.turn]);
	return (
		<>
			{editor === null && <p class="quiet">{loading}</p>}
			{/* Keys that are typed here are nobody else's: the page cannot see through the shadow root what has the focus. */}
			<div class="editor" ref={host} onKeyDown={(event) => event.stopPropagation()} />
		</>
	);
}
