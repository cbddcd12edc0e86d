/** What a benchmark is, and how time is taken. */

export interface Measurement {
	readonly value: number;
	/** `1/s`: more is better. Of the others less is. */
	readonly unit: "1/s" | "ms" | "s" | "MB";
	/** What the number was taken from: sizes, repetitions. */
	readonly detail: Readonly<Record<string, string | number>>;
}

/** Files `*.bench.ts` export `benchmarks: readonly Benchmark[]`. Each is run in a process of its own. */
export interface Benchmark {
	/** `explain/cluster-ip-cross-node`: what is done, then to what. */
	readonly name: string;
	run(): Measurement | Promise<Measurement>;
}

/** How often `work` is done in a second, counted over `seconds` after a warm-up of half of that. */
export function rate(work: () => void, seconds = 2): Measurement {
	repeat(work, seconds / 2);
	const { count, elapsed } = repeat(work, seconds);
	return { value: Math.round(count / elapsed), unit: "1/s", detail: { repetitions: count } };
}

function repeat(work: () => void, seconds: number): { readonly count: number; readonly elapsed: number } {
	const start = performance.now();
	let count = 0;
	let elapsed = 0;
	while (elapsed < seconds) {
		work();
		count += 1;
		elapsed = (performance.now() - start) / 1000;
	}
	return { count, elapsed };
}

/** How many milliseconds `work` takes, without a warm-up. */
export async function milliseconds<T>(
	work: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly elapsed: number }> {
	const start = performance.now();
	const result = await work();
	return { result, elapsed: performance.now() - start };
}
