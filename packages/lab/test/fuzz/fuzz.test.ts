/** The fuzzer: what it draws, that it finds an error, and a fixed seed against each kernel that this machine has. */
import { describe, expect, test } from "vitest";
import { drawCase } from "../../src/fuzz/generate/network.ts";
import { shrink } from "../../src/fuzz/shrink.ts";
import { networkOf } from "../../src/fuzz/sketch.ts";
import { FEATURES, fuzz, printCounts, realize } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";

const ALL = new Set(FEATURES);

describe("what is drawn", () => {
	test("a seed's networks are always the same, and another seed's are others", () => {
		expect(drawCase(7, 3, ALL, 20)).toEqual(drawCase(7, 3, ALL, 20));
		expect(drawCase(8, 3, ALL, 20)).not.toEqual(drawCase(7, 3, ALL, 20));
		expect(drawCase(7, 4, ALL, 20)).not.toEqual(drawCase(7, 3, ALL, 20));
	});

	test("networks are whole: all that is drawn can be made", () => {
		for (let number = 0; number < 100; number++) {
			const { sketch } = drawCase(1, number, ALL, 1);
			const plan = realize(
				networkOf(sketch),
				sketch.stacks.map(({ place }) => place),
			);
			expect(plan.omitted, `network ${number}`).toEqual([]);
		}
	});
});

describe("shrinking", () => {
	test("leaves what the error needs and nothing else", async () => {
		const { sketch, questions } = drawCase(1, 0, ALL, 1);
		const [question] = questions;
		if (question === undefined) throw new Error("no question was drawn");
		const guilty = "filter -A FORWARD -j DROP";
		const stacks = sketch.stacks.map((stack, i) =>
			i === 0 ? { ...stack, iptables: [...(stack.iptables ?? []), guilty] } : stack,
		);
		const smallest = await shrink({ sketch: { ...sketch, stacks }, question }, async (each) =>
			each.sketch.stacks.some(({ iptables }) => iptables?.includes(guilty) === true),
		);
		expect(smallest.sketch).toEqual({
			stacks: [{ place: stacks[0]?.place, links: [], addresses: [], iptables: [guilty] }],
			cables: [],
		});
	});
});

/** Few enough for every run of the tests; `npm run fuzz:kernel` takes as long as one likes. */
const SEED = 20_261_121;
const NETWORKS = 8;
/** They take a quarter of a minute; a busy machine takes longer and must not decide how much is asked. */
const TIMEOUT_MS = 180_000;

onEachKernel(["veth", "bridge", "iptables", "conntrack"], ({ kind }) => {
	test(
		`random networks and questions of seed ${SEED}: engine and kernel agree`,
		async () => {
			const told: unknown[] = [];
			const started = performance.now();
			const counts = await fuzz({
				seed: SEED,
				runs: NETWORKS,
				from: 0,
				questions: 40,
				kind,
				keepGoing: false,
				onDisagreement: ({ run, question, comparison }) =>
					told.push({ run, question, differences: comparison.differences }),
			});
			const text = printCounts(counts, (performance.now() - started) / 1000);
			expect(told, text).toEqual([]);
			expect(counts.networks + counts.refused.length, text).toBe(NETWORKS);
		},
		TIMEOUT_MS,
	);
});
