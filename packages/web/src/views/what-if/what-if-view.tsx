/** The What if view: the manifests to be changed, and what becomes of the path. */
import type { AtlasIndex, ServedInput } from "@podpath/core";
import type { JSX } from "preact";
import { useAtlasIndex } from "../../backend/atlas-index.ts";
import type { Input } from "../../backend/backend.ts";
import { go } from "../../navigation.ts";
import type { Route } from "../../route.ts";
import { useTexts, useTextsOf } from "../../texts/language.ts";
import { WHAT_IF } from "../../texts/what-if.ts";
import { ScenarioPicker } from "../atlas/scenario-picker.tsx";
import { inputOf } from "../path/asked.ts";
import type { ViewProps } from "../view.ts";
import { Trial } from "./trial.tsx";

export function WhatIfView({ route, served }: ViewProps): JSX.Element {
	const texts = useTextsOf(WHAT_IF);
	const { loading } = useTexts();
	const atlas = useAtlasIndex(true);
	const input = inputOf(route, served);
	if (atlas === null) return <p class="quiet">{loading}</p>;
	return (
		<div class="what-if-view">
			<h1 class="sr-only">{texts.title}</h1>
			<Clusters route={route} served={served} atlas={atlas} />
			{input === null ? (
				<p class="quiet">{texts.begin}</p>
			) : (
				<Trial key={nameOf(input, served)} {...{ input, served, route, atlas }} name={nameOf(input, served)} />
			)}
		</div>
	);
}

/** What is typed is kept under it. */
function nameOf(input: Input, served: ServedInput): string {
	return `what-if ${input.kind === "scenario" ? input.name : `-f ${served.name}`}`;
}

interface ClustersProps {
	readonly route: Route;
	readonly served: ServedInput;
	readonly atlas: AtlasIndex;
}

function Clusters({ route, served, atlas }: ClustersProps): JSX.Element {
	const whatIf = useTextsOf(WHAT_IF);
	return (
		<ScenarioPicker
			label={whatIf.about}
			atlas={atlas}
			served={served}
			value={route.params.in ?? ""}
			onChoose={(chosen) => go({ view: "what-if", params: chosen === "" ? {} : { in: chosen } })}
		/>
	);
}
