/** CodeMirror, set up for manifests. Loaded on demand: nothing else of the page needs it. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { lintGutter, type Diagnostic as Mark, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, Transaction } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import type { ToldDiagnostic } from "@podpath/core";
import { COLOURS } from "./editor-colours.ts";

export interface EditorOptions {
	readonly text: string;
	readonly label: string;
	/** CodeMirror's own words in the language of the page. */
	readonly phrases: Readonly<Record<string, string>>;
	readonly onChange: (text: string) => void;
}

export interface Editor {
	/** Replaces the text unless it is that already; undo brings the old one back. */
	show(text: string): void;
	mark(diagnostics: readonly ToldDiagnostic[]): void;
	/** Lines and columns are counted from 1. */
	goTo(line: number, column: number): void;
	close(): void;
}

/**
 * A shadow root takes style sheets from scripts where the Content-Security-Policy refuses those of a document; the page's
 * colours reach into it.
 */
export function openEditor(root: ShadowRoot, { text, label, phrases, onChange }: EditorOptions): Editor {
	const changed = EditorView.updateListener.of(({ docChanged, transactions, state }) => {
		// What the page itself puts there was not typed.
		const typed = transactions.some((each) => each.docChanged && each.annotation(Transaction.userEvent) !== "show");
		if (docChanged && typed) onChange(state.doc.toString());
	});
	const extensions: Extension = [
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
		changed,
	];
	const view = new EditorView({ root, parent: root, state: EditorState.create({ doc: text, extensions }) });
	return {
		show(wanted) {
			if (view.state.doc.toString() === wanted) return;
			view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: wanted }, userEvent: "show" });
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
		close: () => view.destroy(),
	};
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
