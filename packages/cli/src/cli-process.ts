/** What the command line uses of a process, so that tests can hand it another. */
import type { Place } from "@podpath/core";
import type { Application, CommandContext } from "@stricli/core";

export interface OutputStream {
	write(text: string | Uint8Array): unknown;
	/** Whether a person reads it on a terminal. */
	readonly isTTY?: boolean | undefined;
	readonly columns?: number | undefined;
	readonly rows?: number | undefined;
}

export interface CliProcess {
	readonly stdout: OutputStream;
	readonly stderr: OutputStream;
	readonly stdin: AsyncIterable<Uint8Array | string> & {
		readonly isTTY?: boolean | undefined;
		/** Keys as they are pressed, and no signals of them. */
		setRawMode?(raw: boolean): unknown;
	};
	readonly env: Readonly<Record<string, string | undefined>>;
	exitCode?: number | string | null | undefined;
	/**
	 * Has `stop` called at the first interrupt, instead of the process ending at once: for work that leaves something behind.
	 * The second interrupt ends it. Gives a function that takes this back.
	 */
	readonly onInterrupt?: (stop: () => void) => () => void;
	/** Where the commands stand for being run, if not here: at a place of a lab. */
	readonly standsIn?: LabPlace | undefined;
}

export interface LabPlace {
	readonly lab: string;
	readonly place: Place;
}

/** What commands run with. */
export interface Context extends CommandContext {
	readonly cli: CliProcess;
	/** All commands, for completion. */
	readonly application: Application<Context>;
}
