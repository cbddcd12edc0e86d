/**
 * `npm run -s bench [-- NAME…]`: prints one JSON object a line for each benchmark whose name begins with one of the names,
 * or for all. Each runs in a process of its own, so that none inherits another's memory or compiled code. The packages are
 * taken from their sources (the condition `source`), so that nothing has to be built first.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Benchmark } from "./benchmark.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
/** Asks for exactly one benchmark, in this process. */
const IN_THIS_PROCESS = "--in-this-process";

async function allBenchmarks(): Promise<readonly Benchmark[]> {
	const files = readdirSync(HERE)
		.filter((name) => name.endsWith(".bench.ts"))
		.sort();
	const modules = await Promise.all(
		files.map(
			async (name) => (await import(pathToFileURL(join(HERE, name)).href)) as { benchmarks: readonly Benchmark[] },
		),
	);
	return modules.flatMap(({ benchmarks }) => benchmarks);
}

async function runHere(benchmark: Benchmark): Promise<void> {
	const { value, unit, detail } = await benchmark.run();
	const rounded = unit === "1/s" ? Math.round(value) : Math.round(value * 1000) / 1000;
	console.log(JSON.stringify({ name: benchmark.name, value: rounded, unit, detail }));
}

/** Whether the benchmark came to its end. What it says goes to our own output. */
function runApart(benchmark: Benchmark): boolean {
	const script = fileURLToPath(import.meta.url);
	const { status } = spawnSync(
		process.execPath,
		[...process.execArgv, "--expose-gc", script, IN_THIS_PROCESS, benchmark.name],
		{
			stdio: "inherit",
		},
	);
	return status === 0;
}

async function main(args: readonly string[]): Promise<number> {
	const benchmarks = await allBenchmarks();
	const [first, name] = args;
	if (first === IN_THIS_PROCESS) {
		const only = benchmarks.find((benchmark) => benchmark.name === name);
		if (only === undefined) return 2;
		await runHere(only);
		return 0;
	}
	const unknown = args.filter((prefix) => !benchmarks.some((benchmark) => benchmark.name.startsWith(prefix)));
	if (unknown.length > 0) {
		const names = benchmarks.map((benchmark) => benchmark.name).join(", ");
		console.error(`bench: there is no benchmark ${unknown.join(", ")} (there are ${names})`);
		return 2;
	}
	const wanted =
		args.length === 0 ? benchmarks : benchmarks.filter(({ name }) => args.some((prefix) => name.startsWith(prefix)));
	return wanted.map(runApart).every(Boolean) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
