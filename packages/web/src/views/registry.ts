/**
 * The views, in the order of the menu. A new one is a folder here, an entry in this list, and its texts in both catalogues.
 */
import type { View } from "./view.ts";

export const VIEWS: readonly View[] = [
	{ id: "path", load: async () => (await import("./path/path-view.tsx")).PathView },
	{ id: "atlas", load: async () => (await import("./atlas/atlas-view.tsx")).AtlasView },
	{ id: "compare", load: async () => (await import("./compare/compare-view.tsx")).CompareView },
	{ id: "topology", load: async () => (await import("./topology/topology-view.tsx")).TopologyView },
	{ id: "state", load: async () => (await import("./state/state-view.tsx")).StateView },
	{ id: "what-if", load: async () => (await import("./what-if/what-if-view.tsx")).WhatIfView },
	{ id: "diagnose", load: async () => (await import("./diagnose/diagnose-view.tsx")).DiagnoseView },
	{ id: "lab", load: async () => (await import("./lab/lab-view.tsx")).LabView },
];
