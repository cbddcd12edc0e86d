/** Ctrl-C while a lab stands: it is taken down before the process ends. */
import type { CliProcess } from "../cli-process.ts";

/** Runs the work with a signal that an interrupt aborts. What the process would do with the interrupt is done afterwards. */
export async function untilInterrupted<T>(cli: CliProcess, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
	const controller = new AbortController();
	const { onInterrupt } = cli;
	const release = onInterrupt?.(() => controller.abort());
	try {
		return await work(controller.signal);
	} finally {
		release?.();
	}
}
