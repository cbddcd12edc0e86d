/** Where a lab that stands is written down: one folder a lab, which its user alone can enter. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BackendKind } from "../backend.ts";
import { LabError } from "../backends/lab-error.ts";
import type { Feature, LabPlan } from "../lab-plan.ts";

/** What a lab was built from: the texts themselves, as files may change while it stands. */
export interface LabInput {
	readonly manifests: readonly { readonly name: string; readonly text: string }[];
}

export interface LabRecord {
	readonly name: string;
	readonly input: LabInput;
	readonly plan: LabPlan;
	readonly kind?: BackendKind;
	/** ISO 8601. */
	readonly startedAt: string;
}

/** What the keeper adds when the lab stands. */
export interface StandingLab {
	readonly pid: number;
	readonly backend: BackendKind;
	readonly kernel: string;
}

/** Numbers of processes come round: one is known by when it started, too. */
export interface KeeperProcess {
	readonly pid: number;
	/** Null: it was gone before anybody could look. */
	readonly started: string | null;
}

export function isRunning({ pid, started }: KeeperProcess): boolean {
	return started !== null && startOf(pid) === started;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

export class LabFolder {
	readonly name: string;
	readonly path: string;

	/** Throws a LabError for a name that is none. */
	constructor(name: string, parent: string = labsFolder()) {
		if (!NAME.test(name)) {
			throw new LabError(`"${name}" cannot be a lab's name: lower-case letters, digits and "-", at most 32`);
		}
		this.name = name;
		this.path = join(parent, name);
	}

	get socket(): string {
		return join(this.path, "socket");
	}

	get log(): string {
		return join(this.path, "log");
	}

	exists(): boolean {
		return existsSync(this.path);
	}

	create(record: LabRecord): void {
		mkdirSync(this.path, { recursive: true, mode: 0o700 });
		const needs = [...record.plan.needs];
		this.#write("lab.json", { ...record, plan: { ...record.plan, needs } });
	}

	record(): LabRecord {
		const read = this.#read("lab.json") as Omit<LabRecord, "plan"> & {
			readonly plan: Omit<LabPlan, "needs"> & { readonly needs: readonly Feature[] };
		};
		return { ...read, plan: { ...read.plan, needs: new Set(read.plan.needs) } };
	}

	/** Its keeper begins; `keeper` finds it from then on, also while it builds. */
	keptBy(pid: number): void {
		this.#write("keeper.json", { pid, started: startOf(pid) });
	}

	/** The process that keeps or builds the lab; null where it has ended, or has not begun yet. */
	keeper(): KeeperProcess | null {
		if (!existsSync(join(this.path, "keeper.json"))) return null;
		const keeper = this.#read("keeper.json") as KeeperProcess;
		return isRunning(keeper) ? keeper : null;
	}

	stands(standing: StandingLab): void {
		this.#write("standing.json", standing);
	}

	/** Null while it is being built, or where its keeper never got so far. */
	standing(): StandingLab | null {
		return existsSync(join(this.path, "standing.json")) ? (this.#read("standing.json") as StandingLab) : null;
	}

	remove(): void {
		rmSync(this.path, { recursive: true, force: true });
	}

	/** Whoever looks for the file finds all of it. */
	#write(file: string, content: unknown): void {
		const path = join(this.path, file);
		writeFileSync(`${path}.new`, JSON.stringify(content));
		renameSync(`${path}.new`, path);
	}

	#read(file: string): unknown {
		try {
			return JSON.parse(readFileSync(join(this.path, file), "utf8"));
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			throw new LabError(`the lab "${this.name}" cannot be read: ${why}`);
		}
	}
}

/** When a process started, in the kernel's ticks (proc(5): the 22nd field of its stat); null where there is none. */
function startOf(pid: number): string | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
	} catch {
		return null;
	}
}

/** All labs of this user, by name. */
export function labFolders(parent: string = labsFolder()): readonly LabFolder[] {
	if (!existsSync(parent)) return [];
	return readdirSync(parent)
		.filter((name) => NAME.test(name))
		.sort()
		.map((name) => new LabFolder(name, parent));
}

/** Sockets' paths are short (unix(7): 108 bytes), so this is not in the user's home. */
function labsFolder(): string {
	const runtime = process.env.XDG_RUNTIME_DIR;
	if (runtime !== undefined && existsSync(runtime)) return join(runtime, "podpath-labs");
	return join(tmpdir(), `podpath-labs-${process.getuid?.() ?? 0}`);
}
