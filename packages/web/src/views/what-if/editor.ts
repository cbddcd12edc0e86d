/** CodeMirror, set up for manifests. Loaded on demand: nothing else of the page needs it. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { lintGutter, type Diagnostic as Mark, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, StateEffect, Transaction } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import type { ManifestFile, ToldDiagnostic } from "@podpath/core";
import { ChangesSince } from "./changes-since.ts";
import type { Stretch } from "./draft.ts";
import { COLOURS } from "./editor-colours.ts";

export interface EditorOptions {
	readonly file: ManifestFile;
	/** What somebody has changed in it before; null: nothing. */
	readonly stretch: Stretch | null;
	readonly label: string;
	/** CodeMirror's own words in the language of the page. */
	readonly phrases: Readonly<Record<string, string>>;
	/** After a pause in typing. */
	readonly onChange: (stretch: Stretch | null) => void;
}

export interface Editor {
	/** The file with that change alone, unless it is that already; undo brings the old one back. */
	show(stretch: Stretch | null): void;
	mark(diagnostics: readonly ToldDiagnostic[]): void;
	/** Lines and columns are counted from 1. */
	goTo(line: number, column: number): void;
	close(): void;
}

/** Whatever is done with a text of megabytes is done when the typing pauses. */
const PAUSE_MS = 250;

/**
 * A shadow root takes style sheets from scripts where the Content-Security-Policy refuses those of a document; the page's
 * colours reach into it.
 */
export function openEditor(root: ShadowRoot, options: EditorOptions): Editor {
	const { file, stretch, onChange } = options;
	const begun = EditorState.create({ doc: file.text, extensions: extensionsOf(options) });
	const changes = new ChangesSince(file, begun.doc);
	let timer: ReturnType<typeof setTimeout> | undefined;
	const tell = (): void => {
		if (timer === undefined) return;
		clearTimeout(timer);
		timer = undefined;
		onChange(changes.stretch());
	};
	const changed = EditorView.updateListener.of(({ docChanged, changes: more, transactions, state }) => {
		if (!docChanged) return;
		changes.add(more, state.doc);
		// What the page itself puts there was not typed.
		if (!transactions.some((each) => each.docChanged && each.annotation(Transaction.userEvent) !== "show")) return;
		clearTimeout(timer);
		timer = setTimeout(tell, PAUSE_MS);
	});
	const leaving = EditorView.domEventHandlers({ blur: tell });
	const view = new EditorView({
		root,
		parent: root,
		state: begun.update({ effects: StateEffect.appendConfig.of([changed, leaving]) }).state,
	});
	const before = changes.towards(stretch);
	if (before !== null) view.dispatch({ changes: before, userEvent: "show", annotations: FIRST });
	addEventListener("pagehide", tell);
	return {
		show(wanted) {
			clearTimeout(timer);
			timer = undefined;
			const way = changes.towards(wanted);
			if (way !== null) view.dispatch({ changes: way, userEvent: "show" });
		},
		mark(diagnostics) {
			view.dispatch(
				setDiagnostics(
					view.state,
					diagnostics.map((each) => markOf(view.state, each)),
				),
			);
		},
		goTo(line, column) {
			const at = offset(view.state, line, column);
			view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
			view.focus();
		},
		close: () => {
			tell();
			removeEventListener("pagehide", tell);
			view.destroy();
		},
	};
}

/** Undo begins after it. */
const FIRST = Transaction.addToHistory.of(false);

function extensionsOf({ label, phrases }: EditorOptions): Extension {
	return [
		lineNumbers(),
		lintGutter(),
		foldGutter(),
		codeFolding(),
		history(),
		drawSelection(),
		indentOnInput(),
		bracketMatching(),
		highlightActiveLine(),
		highlightSelectionMatches(),
		search({ top: true }),
		// Tab is not taken: it leads on to the next control, as everywhere in the page.
		keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap]),
		yaml(),
		EditorView.lineWrapping,
		EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
		EditorState.phrases.of(phrases),
		COLOURS,
	];
}

/** From the column on to the end of its word; a place that the text has no more is its end. */
function markOf(state: EditorState, { where, severity, message, hint }: ToldDiagnostic): Mark {
	const from = offset(state, where?.line ?? 1, where?.column ?? 1);
	const line = state.doc.lineAt(from);
	const word = /^\S+/.exec(line.text.slice(from - line.from))?.[0] ?? "";
	const to = Math.min(line.to, from + word.length);
	return { from, to, severity, message: hint === undefined ? message : `${message} (${hint})` };
}

function offset({ doc }: EditorState, line: number, column: number): number {
	const { from, to } = doc.line(Math.max(1, Math.min(line, doc.lines)));
	return Math.min(to, from + column - 1);
}
