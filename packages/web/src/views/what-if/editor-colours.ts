/** The editor in the colours of the page, in light and in dark. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const THEME = EditorView.theme({
	"&": { height: "100%", color: "var(--text)", backgroundColor: "var(--page)", fontSize: "var(--small)" },
	"&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
	".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
	".cm-content": { caretColor: "var(--accent)" },
	"&.cm-focused > .cm-scroller .cm-cursor, .cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
	"&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
		background: "color-mix(in srgb, var(--accent) 28%, transparent)",
	},
	".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--quiet)", borderRight: "1px solid var(--edge)" },
	".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
	".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
		backgroundColor: "var(--forward-soft)",
		outline: "1px solid var(--edge-strong)",
	},
	".cm-selectionMatch": { backgroundColor: "var(--forward-soft)" },
	".cm-searchMatch": { backgroundColor: "var(--unsure-soft)", outline: "1px solid var(--unsure)" },
	".cm-searchMatch-selected": { outline: "2px solid var(--accent)" },
	".cm-foldPlaceholder": { backgroundColor: "var(--panel)", borderColor: "var(--edge)", color: "var(--quiet)" },
	".cm-panels": { backgroundColor: "var(--panel)", color: "var(--text)", fontFamily: "var(--sans)" },
	".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--edge)" },
	".cm-textfield, .cm-button": {
		backgroundColor: "var(--raised)",
		backgroundImage: "none",
		border: "1px solid var(--edge-strong)",
		borderRadius: "6px",
		color: "inherit",
		fontSize: "var(--small)",
	},
	".cm-tooltip": { backgroundColor: "var(--raised)", border: "1px solid var(--edge-strong)", color: "var(--text)" },
	".cm-tooltip-lint": { maxWidth: "40em", fontFamily: "var(--sans)" },
	".cm-lintRange-error": {
		backgroundImage: "none",
		textDecoration: "underline wavy var(--bad) 1.5px",
		backgroundColor: "var(--bad-soft)",
	},
	".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--unsure) 1.5px" },
	".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
	".cm-diagnostic-warning": { borderLeftColor: "var(--unsure)" },
});

const WORDS = HighlightStyle.define([
	{ tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--forward)" },
	{ tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
	{ tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
	{ tag: [tags.meta, tags.keyword, tags.typeName, tags.labelName], color: "var(--reply)" },
]);

export const COLOURS: Extension = [THEME, syntaxHighlighting(WORDS)];
