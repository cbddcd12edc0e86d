/** Every disagreement of engine and kernel that the fuzzer ever found: none may come back. `about` says what the kernel does. */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import type { FuzzCase } from "../../src/fuzz/print.ts";
import { networkOf } from "../../src/fuzz/sketch.ts";
import { Kernel, realize } from "../../src/index.ts";
import { KERNELS, type KernelHere } from "../kernels-here.ts";

const FOLDER = new URL("cases/", import.meta.url);

interface NamedCase extends FuzzCase {
	readonly name: string;
}

const CASES: readonly NamedCase[] = readdirSync(FOLDER)
	.sort()
	.map((file) => ({ name: file.replace(".json", ""), ...JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) }));

const opened = new Map<string, Promise<Kernel>>();
afterAll(async () => {
	for (const kernel of opened.values()) await (await kernel).close();
});

/** One kernel of each kind for all of them. */
function kernelOf({ kind }: KernelHere): Promise<Kernel> {
	const kernel = opened.get(kind) ?? Kernel.open(kind);
	opened.set(kind, kernel);
	return kernel;
}

describe("engine and kernel agree", () => {
	for (const { name, about, sketch, question, notCompared: why } of CASES) {
		const plan = realize(
			networkOf(sketch),
			sketch.stacks.map(({ place }) => place),
		);
		const needs = new Set([...plan.needs, ...(question.protocol === "sctp" ? (["sctp"] as const) : [])]);
		const here = KERNELS.find(({ features }) => [...needs].every((feature) => features.has(feature)));
		const where =
			here === undefined ? `skipped, as no kernel here has all of ${[...needs].join(", ")}` : `on ${here.kind}`;
		test.skipIf(here === undefined)(`${name} (${where}): ${about}`, async () => {
			if (here === undefined) return;
			const comparison = await (await kernelOf(here)).comparison({ sketch, question });
			expect(comparison).toMatchObject(why === undefined ? { kind: "agrees" } : { kind: "not-compared", why });
		});
	}
});
