/** The smallest network that still shows an error: everything is left out that can be. */
import type { AskedQuestion, Sketch, StackSketch } from "./sketch.ts";
import { tidied } from "./tidy.ts";

/** A network and the question that engine and kernel answer differently. */
export interface Found {
	readonly sketch: Sketch;
	readonly question: AskedQuestion;
}

/** Whether engine and kernel still differ; a network that cannot be built does not count. */
export type Differs = (found: Found) => Promise<boolean>;

/** Stops early, with what it has, after `mostTrials`. */
export async function shrink(found: Found, differs: Differs, mostTrials = 600): Promise<Found> {
	const search = new Search(found, differs, mostTrials);
	for (let smaller = true; smaller; ) smaller = await search.round();
	return search.best;
}

const LISTS = [
	"nft",
	"iptables",
	"ip6tables",
	"ipvs",
	"ipsets",
	"rules",
	"rules6",
	"routes",
	"neighbours",
	"fdb",
	"sysctls",
	"addresses",
	"links",
] as const satisfies readonly (keyof StackSketch)[];

class Search {
	best: Found;
	readonly #differs: Differs;
	#left: number;

	constructor(found: Found, differs: Differs, mostTrials: number) {
		this.best = found;
		this.#differs = differs;
		this.#left = mostTrials;
	}

	/** Whether something could be left out. */
	async round(): Promise<boolean> {
		let smaller = false;
		for (const { place } of [...this.best.sketch.stacks])
			smaller = (await this.#try(withoutStack(this.best.sketch, place))) || smaller;
		for (const cable of this.best.sketch.cables)
			smaller = (await this.#try(withoutCable(this.best.sketch, cable))) || smaller;
		for (const list of LISTS) {
			for (const { place } of this.best.sketch.stacks) smaller = (await this.#shorten(place, list)) || smaller;
		}
		if (this.best.question.unbound === true) {
			const { unbound: _, ...question } = this.best.question;
			smaller = (await this.#try(this.best.sketch, question)) || smaller;
		}
		return smaller && this.#left > 0;
	}

	async #try(sketch: Sketch, question: AskedQuestion = this.best.question): Promise<boolean> {
		if (this.#left-- <= 0) return false;
		const candidate = { sketch: tidied(sketch), question };
		const isSame = JSON.stringify(candidate) === JSON.stringify(this.best);
		if (isSame || !(await this.#differs(candidate))) return false;
		this.best = candidate;
		return true;
	}

	/** Leaves out all of a list, then halves, quarters … and at last one at a time. */
	async #shorten(place: string, list: (typeof LISTS)[number]): Promise<boolean> {
		let smaller = false;
		const length = (): number => this.#stack(place)?.[list]?.length ?? 0;
		for (let size = length(); size > 0; size = Math.floor(size / 2)) {
			for (let at = 0; at < length(); ) {
				const stack = this.#stack(place);
				if (stack === undefined) return smaller;
				const kept = (stack[list] ?? []).filter((_: unknown, i: number) => i < at || i >= at + size);
				const stacks = this.best.sketch.stacks.map((each) => (each === stack ? { ...each, [list]: kept } : each));
				if (await this.#try({ ...this.best.sketch, stacks })) smaller = true;
				else at += size;
				if (this.#left <= 0) return smaller;
			}
		}
		return smaller;
	}

	#stack(place: string): StackSketch | undefined {
		return this.best.sketch.stacks.find((each) => each.place === place);
	}
}

function withoutStack(sketch: Sketch, place: string): Sketch {
	return { ...sketch, stacks: sketch.stacks.filter((each) => each.place !== place) };
}

function withoutCable(sketch: Sketch, cable: Sketch["cables"][number]): Sketch {
	return { ...sketch, cables: sketch.cables.filter((each) => each !== cable) };
}
