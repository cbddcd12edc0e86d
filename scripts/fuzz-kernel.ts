/**
 * `npm run fuzz:kernel -- --seed S --runs N [--from N] [--questions Q] [--backend userns|uml] [--minutes M] [--keep-going]`:
 * random networks with random questions, answered by the engine and by a real kernel. A disagreement is shrunk to the smallest
 * network that shows it and printed as a regression test; then the status is 1.
 */
import { parseArgs } from "node:util";
import { paintFor } from "@podpath/core";
import { type Counts, fuzz, LabError, printCounts, printDisagreement } from "@podpath/lab";

const USAGE = `Usage: npm run fuzz:kernel -- [--seed S] [--runs N] [--from N] [--questions Q] [--backend userns|uml|netns] [--minutes M] [--keep-going]

  --seed S       which random networks; default 1
  --runs N       how many networks; default 100
  --from N       the first network's number; default 0
  --questions Q  to each network; default 50
  --backend B    on which kernel; default userns
  --minutes M    end after so long
  --keep-going   after a disagreement too

The status is 0 where all agree, 1 where some do not, 4 where it could not be tried.
`;

function given(): ReturnType<typeof read>["values"] {
	try {
		const { values } = read();
		if (!values.help) return values;
		process.stdout.write(USAGE);
		process.exit(0);
	} catch (error) {
		process.stderr.write(`fuzz:kernel: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
		process.exit(2);
	}
}

const read = () =>
	parseArgs({
		options: {
			help: { type: "boolean", short: "h", default: false },
			seed: { type: "string", default: "1" },
			runs: { type: "string", default: "100" },
			from: { type: "string", default: "0" },
			questions: { type: "string", default: "50" },
			backend: { type: "string", default: "userns" },
			minutes: { type: "string" },
			"keep-going": { type: "boolean", default: false },
		},
	});

const values = given();

function wholeNumber(name: "seed" | "runs" | "from" | "questions"): number {
	const number = Number(values[name]);
	if (Number.isSafeInteger(number) && number >= 0) return number;
	throw new LabError(`--${name} wants a whole number, not "${values[name]}"`);
}

async function main(): Promise<number> {
	const kind = values.backend;
	if (kind !== "userns" && kind !== "uml" && kind !== "netns")
		throw new LabError(`--backend userns, netns or uml, not "${kind}"`);
	const seed = wholeNumber("seed");
	const started = performance.now();
	const seconds = (): number => (performance.now() - started) / 1000;
	const stop = new AbortController();
	process.once("SIGINT", () => stop.abort());
	const paint = paintFor(process.stdout.isTTY === true);
	let told = 0;
	const onProgress = (counts: Counts, run: number): void => {
		if (seconds() - told < 10) return;
		told = seconds();
		console.error(
			`network ${run}: ${counts.questions} questions, ${counts.disagreements} disagreements, ${told.toFixed(0)} s`,
		);
	};
	const counts = await fuzz({
		seed,
		runs: wholeNumber("runs"),
		from: wholeNumber("from"),
		questions: wholeNumber("questions"),
		kind,
		keepGoing: values["keep-going"],
		...(values.minutes !== undefined && { until: Date.now() + 60_000 * Number(values.minutes) }),
		onDisagreement: (found) => console.log(printDisagreement(found, seed, paint)),
		onProgress,
		signal: stop.signal,
	});
	console.log(printCounts(counts, seconds()));
	return counts.disagreements > 0 ? 1 : 0;
}

try {
	process.exitCode = await main();
} catch (error) {
	if (!(error instanceof LabError)) throw error;
	console.error(error.message);
	process.exitCode = 4;
}
