/** Starts the process that keeps a lab, and ends labs whose keeper is no more. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { LabError } from "../backends/lab-error.ts";
import { keepLab } from "./keeper.ts";
import { isRunning, type KeeperProcess, type LabFolder, type LabRecord } from "./lab-folder.ts";
import { connectLab } from "./remote-backend.ts";

const STANDS = "stands";
/** How long a keeper may take to put things in order. */
const ENDING_MS = 3000;
const LOOK_EVERY_MS = 20;

/** Words of a command line that runs `runKeeper` for the lab of this name. */
export type KeeperCommand = (name: string) => readonly [program: string, ...args: readonly string[]];

/**
 * Starts a keeper that goes on when this process ends. Resolves when the lab stands; rejects with a LabError that says why
 * it does not, and then nothing is left of it. An abort ends the keeper and what it has built so far.
 */
export async function startLab(
	folder: LabFolder,
	record: LabRecord,
	command: KeeperCommand,
	signal?: AbortSignal,
): Promise<void> {
	if (folder.exists()) {
		if (await isAlive(folder))
			throw new LabError(`the lab "${folder.name}" stands already: podpath lab down ${folder.name}`);
		if (folder.keeper() !== null)
			throw new LabError(`the lab "${folder.name}" is being built: podpath lab down ${folder.name}`);
		folder.remove();
	}
	folder.create(record);
	const log = openSync(folder.log, "a", 0o600);
	const [program, ...args] = command(folder.name);
	const keeper = spawn(program, args, { detached: true, stdio: ["ignore", "pipe", log] });
	closeSync(log);
	const abort = (): void => void keeper.kill("SIGTERM");
	signal?.addEventListener("abort", abort);
	let said = "";
	keeper.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
	const stands = await new Promise<boolean>((resolve, reject) => {
		keeper.once("error", (error) => reject(new LabError(`the lab's keeper cannot be started: ${error.message}`)));
		keeper.stdout?.on("data", () => said.includes(`${STANDS}\n`) && resolve(true));
		keeper.once("close", () => resolve(false));
	});
	signal?.removeEventListener("abort", abort);
	keeper.stdout?.destroy();
	keeper.unref();
	if (stands && signal?.aborted !== true) return;
	const why = signal?.aborted === true ? "interrupted" : readFileSync(folder.log, "utf8").trim();
	folder.remove();
	throw new LabError(why === "" ? "the lab's keeper ended without a word" : why);
}

/** Whether somebody answers for the lab. */
export async function isAlive(folder: LabFolder): Promise<boolean> {
	try {
		await (await connectLab(folder)).close();
		return true;
	} catch (error) {
		if (error instanceof LabError) return false;
		throw error;
	}
}

/**
 * Takes a lab down, or clears away what is left of one whose keeper was killed: its kernel ended with its keeper. Resolves to
 * whether it stood.
 */
export async function takeDownLab(folder: LabFolder): Promise<boolean> {
	const keeper = folder.keeper();
	try {
		await (await connectLab(folder)).takeDown();
		if (keeper !== null) await goneKeeper(keeper);
		return true;
	} catch (error) {
		if (!(error instanceof LabError)) throw error;
		return await endKeeper(folder);
	} finally {
		folder.remove();
	}
}

/** Ends a keeper that nobody can talk to, because it is still building, or hangs; its kernel ends with it. Whether there was one. */
async function endKeeper(folder: LabFolder): Promise<boolean> {
	const keeper = folder.keeper();
	if (keeper === null) return false;
	signalTo(keeper, "SIGTERM");
	await goneKeeper(keeper);
	return true;
}

/** Waits until the process has ended; one that does not is made to. */
async function goneKeeper(keeper: KeeperProcess): Promise<void> {
	for (let waited = 0; isRunning(keeper); waited += LOOK_EVERY_MS) {
		if (waited >= ENDING_MS) signalTo(keeper, "SIGKILL");
		await pause(LOOK_EVERY_MS);
	}
}

/** It may have ended since somebody looked. */
function signalTo({ pid }: KeeperProcess, signal: "SIGTERM" | "SIGKILL"): void {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
	}
}

/** The body of a keeper's process; resolves when the lab is gone. */
export async function runKeeper(folder: LabFolder): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		keepLab(folder, resolve).then(() => process.stdout.write(`${STANDS}\n`), reject);
	});
}
