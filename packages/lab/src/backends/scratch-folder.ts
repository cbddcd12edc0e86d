/** A folder for one lab that goes away with it, whatever ends us. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";

/** Waits for a word to remove the folder. When we die without one, those who still use it may have a moment to die too. */
const WATCH = 'read -r word || sleep 0.5; exec rm -rf -- "$1"';

export class ScratchFolder {
	readonly path: string;
	readonly #watcher: ChildProcess;
	readonly #gone: Promise<void>;

	/** @param parent An existing folder. */
	constructor(parent: string) {
		this.path = mkdtempSync(join(parent, "podpath-lab-"));
		this.#watcher = spawn("/bin/sh", ["-c", WATCH, "sh", this.path], {
			stdio: ["pipe", "ignore", "ignore"],
			// Not in our session: a Ctrl-C or the terminal's end must not take it along.
			detached: true,
		});
		this.#watcher.stdin?.on("error", () => {});
		this.#gone = new Promise((resolve, reject) => {
			this.#watcher.once("error", reject);
			this.#watcher.once("close", () => resolve());
		});
		this.#gone.catch(() => {});
	}

	/** Resolves when the folder is gone. */
	remove(): Promise<void> {
		this.#watcher.stdin?.end("remove\n");
		return this.#gone;
	}
}
