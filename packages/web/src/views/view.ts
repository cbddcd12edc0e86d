/** What a view is to the page. */
import type { ServedInput } from "@podpath/core";
import type { ComponentType } from "preact";
import type { Route } from "../route.ts";
import type { Texts } from "../texts/en.ts";

export interface ViewProps {
	readonly route: Route;
	readonly served: ServedInput;
}

export interface View {
	/** In the URL: `#/path`. */
	readonly id: keyof Texts["views"];
	/** Loaded when it is first looked at. */
	readonly load: () => Promise<ComponentType<ViewProps>>;
}
