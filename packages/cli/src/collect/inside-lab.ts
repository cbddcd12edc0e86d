/**
 * Runs the collecting script on a lab's kernel. A request to a lab has a minute, after which its kernel is given up, and a slow
 * kernel may need more: so the script runs beside the requests, and is looked after by short ones.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Inside } from "@podpath/collect";
import { type Backend, LabError } from "@podpath/lab";

type Runner = Pick<Backend, "run" | "kind">;

const LOOK_EVERY_MS = 200;

/** `namespace`: the one of the lab's that the script takes for the machine's own; absent: none of them. */
export function insideLab(backend: Runner, namespace?: string): Inside {
	const slow = backend.kind === "uml" || backend.kind === "qemu";
	return { slow, run: (script, flags, signal) => runInLab(backend, namespace, script, flags, signal) };
}

/** In the folder that it is told: the script and what it writes, and `status` when it has ended. */
const START = `d=$(mktemp -d "\${TMPDIR:-/run}/podpath-run.XXXXXX") || exit 4
cat >"$d/script"
( sh "$d/script" "$@" >"$d/archive" 2>"$d/stderr" & echo $! >"$d/pid"; wait $!; echo $? >"$d/ending"; mv "$d/ending" "$d/status" ) </dev/null >/dev/null 2>&1 &
echo "$d"`;

async function runInLab(
	backend: Runner,
	namespace: string | undefined,
	stdin: string,
	flags: readonly string[],
	signal: AbortSignal | undefined,
): ReturnType<Inside["run"]> {
	const where = namespace === undefined ? {} : { namespace };
	const ask = async (script: string, args: readonly string[], input?: string): Promise<string> => {
		const argv = ["sh", "-c", script, "sh", ...args];
		const step = { kind: "run", ...where, argv, mayFail: true, ...(input !== undefined && { stdin: input }) } as const;
		const [output] = await backend.run([step]);
		if (output === undefined || output.status !== 0) {
			throw new LabError(`the lab could not be read: ${output?.stderr.trim() ?? "no output"}`);
		}
		return output.stdout;
	};
	const folder = (await ask(START, flags, stdin)).trim();
	let told = false;
	for (;;) {
		if (signal?.aborted === true && !told) {
			told = true;
			await ask(`kill "$(cat "$1/pid")" || :`, [folder]);
		}
		const status = (await ask(`cat "$1/status" 2>/dev/null || :`, [folder])).trim();
		if (status === "") {
			await wait(LOOK_EVERY_MS);
			continue;
		}
		// A step's output is text.
		const archive = await ask(`base64 "$1/archive"`, [folder]);
		const stderr = await ask(`cat "$1/stderr"; rm -rf "$1"`, [folder]);
		const complaint = stderr.split("\n").findLast((line) => line !== "" && !line.startsWith("podpath: ")) ?? "";
		return { archive: Buffer.from(archive, "base64"), complaint, status: Number(status), timedOut: false };
	}
}
