/** Asks the engine the scenarios' questions, here and now, and lays the answers beside what they expect. */
import type { ScenarioEntry } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { problemIn } from "../../backend/backend.ts";
import { wholeEngine } from "../../backend/backends.ts";
import { ATLAS } from "../../texts/atlas.ts";
import { useTextsOf } from "../../texts/language.ts";

export interface Checked {
	readonly agrees: boolean;
	/** Where they differ; empty where they do not. */
	readonly why: string;
}

export interface Checks {
	of(name: string): Checked | undefined;
	record(name: string, checked: Checked): void;
}

export function useChecks(): Checks {
	const [all, setAll] = useState<ReadonlyMap<string, Checked>>(new Map());
	return {
		of: (name) => all.get(name),
		record: (name, checked) => setAll((known) => new Map(known).set(name, checked)),
	};
}

interface Props {
	readonly scenarios: readonly ScenarioEntry[];
	readonly checks: Checks;
}

export function CheckAll({ scenarios, checks }: Props): JSX.Element {
	const texts = useTextsOf(ATLAS);
	const [running, setRunning] = useState(false);
	const there = useRef(true);
	useEffect(
		() => () => {
			there.current = false;
		},
		[],
	);
	const run = async (): Promise<void> => {
		setRunning(true);
		for (const { name } of scenarios) {
			if (!there.current) return;
			checks.record(name, await check(name));
		}
		setRunning(false);
	};
	const done = scenarios.filter(({ name }) => checks.of(name) !== undefined).length;
	return (
		<p class="check-all">
			<button type="button" disabled={running || scenarios.length === 0} onClick={() => void run()}>
				{texts.check}
			</button>{" "}
			<span role="status">{done > 0 ? texts.checking(done, scenarios.length) : ""}</span>
		</p>
	);
}

async function check(name: string): Promise<Checked> {
	try {
		const { differences } = await wholeEngine.check(name);
		return { agrees: differences.length === 0, why: differences.join("\n") };
	} catch (error) {
		return { agrees: false, why: problemIn(error).message };
	}
}
