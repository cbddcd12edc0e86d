/** The picture's style sheet: colours for light and dark, and fonts that every system has. */
import { FONT_SIZES } from "./svg-text.ts";

const LIGHT = {
	page: "#ffffff",
	text: "#1f2328",
	faint: "#59636e",
	machine: "#f6f8fa",
	edge: "#d1d9e0",
	pod: "#eaf2ff",
	"pod-edge": "#a8c7fa",
	chip: "#ffffff",
	"chip-edge": "#818b98",
	fabric: "#f3ecff",
	"fabric-edge": "#b99cf0",
	forward: "#0a5fd9",
	reply: "#bc5b0a",
	good: "#1a7f37",
	bad: "#cf222e",
	unsure: "#9a6700",
};

const DARK: typeof LIGHT = {
	page: "#0d1117",
	text: "#e6edf3",
	faint: "#9198a1",
	machine: "#161b22",
	edge: "#3d444d",
	pod: "#12233f",
	"pod-edge": "#2f5597",
	chip: "#21262d",
	"chip-edge": "#848d97",
	fabric: "#261c3d",
	"fabric-edge": "#7d5bc4",
	forward: "#5aa9ff",
	reply: "#f0963f",
	good: "#3fb950",
	bad: "#ff6b64",
	unsure: "#d9a520",
};

function variables(colours: typeof LIGHT): string {
	return Object.entries(colours)
		.map(([name, colour]) => `--${name}:${colour}`)
		.join(";");
}

/** Sans-serif would need measuring; a monospaced font is as wide in every browser. */
const FONT = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace';

export const SVG_STYLE: string = [
	`svg{${variables(LIGHT)};font-family:${FONT}}`,
	`@media (prefers-color-scheme:dark){svg{${variables(DARK)}}}`,
	"text{fill:var(--text)}",
	".page{fill:var(--page)}",
	`.question{font-size:${FONT_SIZES.note}px;font-weight:600}`,
	`.verdict,.note{font-size:${FONT_SIZES.note}px}`,
	".note{fill:var(--faint)}",
	"text.good{fill:var(--good);font-weight:600}",
	"text.bad{fill:var(--bad);font-weight:600}",
	"text.unsure{fill:var(--unsure);font-weight:600}",
	".machine{fill:var(--machine);stroke:var(--edge)}",
	".pod{fill:var(--pod);stroke:var(--pod-edge)}",
	".device{fill:var(--chip);stroke:var(--chip-edge)}",
	".fabric{fill:var(--fabric);stroke:var(--fabric-edge)}",
	"rect.unreached{fill:none;stroke:var(--faint);stroke-dasharray:3 4}",
	"text.unreached{fill:var(--faint);font-style:italic}",
	"rect.start{stroke:var(--forward);stroke-width:2.5}",
	"rect.good{stroke:var(--good);stroke-width:2.5}",
	"rect.bad{stroke:var(--bad);stroke-width:2.5}",
	"rect.unsure{stroke:var(--unsure);stroke-width:2.5}",
	".cross{fill:none;stroke-width:3}",
	".cross.bad{stroke:var(--bad)}",
	".cross.unsure{stroke:var(--unsure)}",
	".cause path{fill:var(--bad);stroke:var(--page);stroke-linejoin:round}",
	".cause .stroke{stroke-width:2}",
	".machine-name,.pod-name,.device-name,.fabric-name{text-anchor:middle}",
	`.machine-name{font-size:${FONT_SIZES.machine}px;font-weight:600}`,
	`.pod-name{font-size:${FONT_SIZES.pod}px}`,
	`.device-name{font-size:${FONT_SIZES.device}px}`,
	`.fabric-name{font-size:${FONT_SIZES.fabric}px}`,
	".share{text-anchor:end;font-size:11px;fill:var(--forward);paint-order:stroke;stroke:var(--page);stroke-width:4px}",
	".forward,.reply{fill:none;stroke-width:1.8}",
	".forward{stroke:var(--forward)}",
	".reply{stroke:var(--reply);stroke-dasharray:6 4}",
	".forward-head{fill:var(--forward)}",
	".reply-head{fill:var(--reply)}",
].join("");
