/**
 * The views, in the order of the menu. A new one is a folder here, an entry in this list, and its texts in both catalogues.
 */
import { furtherStyles } from "./further-styles.ts";
import type { View } from "./view.ts";

export const VIEWS: readonly View[] = [
	{ id: "path", load: async () => (await import("./path/path-view.tsx")).PathView },
	{ id: "atlas", load: styled(async () => (await import("./atlas/atlas-view.tsx")).AtlasView) },
	{ id: "compare", load: styled(async () => (await import("./compare/compare-view.tsx")).CompareView) },
	{ id: "topology", load: styled(async () => (await import("./topology/topology-view.tsx")).TopologyView) },
	{ id: "state", load: styled(async () => (await import("./state/state-view.tsx")).StateView) },
	{ id: "what-if", load: styled(async () => (await import("./what-if/what-if-view.tsx")).WhatIfView) },
	{ id: "diagnose", load: styled(async () => (await import("./diagnose/diagnose-view.tsx")).DiagnoseView) },
	{ id: "lab", load: styled(async () => (await import("./lab/lab-view.tsx")).LabView) },
];

/** A view that is not shown before its style sheet is there; both are fetched at once. */
function styled(load: View["load"]): View["load"] {
	return async () => {
		const [component] = await Promise.all([load(), furtherStyles()]);
		return component;
	};
}
