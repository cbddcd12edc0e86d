/** However a lab ends, nothing of it stays: no process, no mount, no namespace, no folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { AgentProcess } from "../../src/backends/agent-process.ts";
import { type Backend, openBackend } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";

onEachKernel(["veth"], ({ kind }) => {
	const open = (signal?: AbortSignal): Promise<Backend> =>
		openBackend({ kind, needs: new Set(["veth"]), ...(signal && { signal }) });

	/** Nothing that is below this process now may be there later. */
	function traces(): { readonly left: () => readonly string[] } {
		const processes = belowUs();
		const folders = processes.flatMap((pid) => /uml_dir=([^\0]+)/.exec(commandLineOf(pid))?.[1] ?? []);
		const namespaces = new Set(
			processes.map((pid) => namespaceOf(pid)).filter((id) => !["gone", namespaceOf("self")].includes(id)),
		);
		return {
			left: () => [
				...folders.filter((folder) => existsSync(folder)),
				...processes.filter((pid) => isAlive(pid)),
				...allProcesses().filter((pid) => namespaces.has(namespaceOf(pid))),
			],
		};
	}

	test("closing leaves nothing, and may be done twice", async () => {
		const lab = await open();
		await lab.addNamespaces([{ name: "a" }]);
		await lab.run([{ kind: "daemon", namespace: "a", argv: ["sleep", "1000"] }]);
		const { left } = traces();
		expect(left()).not.toEqual([]);
		await lab.close();
		await lab.close();
		expect(left()).toEqual([]);
		await expect(lab.run([])).rejects.toThrow("the lab is closed");
	});

	test("a signal ends a lab in the middle of its work", async () => {
		const control = new AbortController();
		const lab = await open(control.signal);
		const { left } = traces();
		const running = lab.run([{ kind: "run", argv: ["sleep", "1000"] }]);
		control.abort();
		await expect(running).rejects.toThrow("the lab was aborted");
		await lab.close();
		expect(left()).toEqual([]);
	});

	test("a signal ends a lab that is just being opened", async () => {
		const control = new AbortController();
		const opening = open(control.signal);
		const { left } = await vi.waitFor(
			() => {
				const found = traces();
				expect(found.left()).not.toEqual([]);
				return found;
			},
			{ interval: 1 },
		);
		control.abort();
		await expect(opening).rejects.toThrow("the lab was aborted");
		expect(left()).toEqual([]);
		await expect(open(AbortSignal.abort())).rejects.toThrow("the lab was aborted");
	});

	test("when its parent is killed without a word the kernel takes everything down", async () => {
		const holder = fileURLToPath(new URL("holder.ts", import.meta.url));
		const parent = spawn(process.execPath, ["--conditions=source", holder, kind], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		await once(parent.stdout, "data");
		const { left } = traces();
		// At least: the parent, unshare, the agent, the daemon, and the one that ran away.
		expect(left().length).toBeGreaterThanOrEqual(5);
		await kill(parent);
		await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 5_000, interval: 50 });
	});

	test("an agent that dies is an error, with what was being done", async () => {
		const lab = await open();
		const { left } = traces();
		const agent = belowUs().findLast((pid) => namespaceOf(pid) !== namespaceOf("self"));
		process.kill(Number(agent), "SIGKILL");
		await expect(lab.run([{ kind: "run", argv: ["sleep", "10"] }])).rejects.toThrow(
			/the lab's kernel (ended|panicked)/,
		);
		await lab.close();
		expect(left()).toEqual([]);
	});
});

onEachKernel(["veth"], ({ kind }) => {
	test.runIf(kind === "uml")("a guest that panics is killed, and the error says so", async () => {
		const lab = await openBackend({ kind, needs: new Set() });
		const crash = lab.run([{ kind: "run", argv: ["sh", "-c", "echo c > /proc/sysrq-trigger; sleep 1000"] }]);
		await expect(crash).rejects.toThrow(
			/^the lab's kernel panicked: Kernel panic - not syncing: sysrq triggered crash$/,
		);
		await lab.close();
	});
});

describe("a kernel that says nothing", () => {
	test("is killed when its time is up", async () => {
		const starting = AgentProcess.start({ argv: ["sleep", "1000"], line: "stdio", startLimitMs: 50 }, {});
		await expect(starting).rejects.toThrow("the lab's kernel said nothing for 50 ms");
	});

	test("because its program is missing is an error that names the program", async () => {
		const starting = AgentProcess.start({ argv: ["/no/such/kernel"], line: "stdio", startLimitMs: 50 }, {});
		await expect(starting).rejects.toThrow("/no/such/kernel cannot be started");
	});

	test("of the agent's kind is told with what it did say", async () => {
		const argv = ["sh", "-c", "echo no memory >&2; exit 7"] as const;
		const starting = AgentProcess.start({ argv, line: "stdio", startLimitMs: 5_000 }, {});
		await expect(starting).rejects.toThrow("the lab's kernel ended (status 7)\nno memory");
	});
});

async function kill(child: ChildProcess): Promise<void> {
	const closed = once(child, "exit");
	child.kill("SIGKILL");
	await closed;
}

function allProcesses(): readonly string[] {
	return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

/** This process's children and theirs, in the order in which they were started. */
function belowUs(): readonly string[] {
	const found: string[] = [];
	const parents = new Map(allProcesses().map((pid) => [pid, statOf(pid)?.parent]));
	let layer = new Set([String(process.pid)]);
	while (layer.size > 0) {
		layer = new Set([...parents].filter(([, parent]) => parent !== undefined && layer.has(parent)).map(([pid]) => pid));
		found.push(...layer);
	}
	return found;
}

function statOf(pid: string): { readonly state: string; readonly parent: string } | undefined {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, "utf8");
		const [state = "", parent = ""] = text.slice(text.lastIndexOf(")") + 2).split(" ");
		return { state, parent };
	} catch {
		return undefined;
	}
}

function commandLineOf(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, "utf8");
	} catch {
		return "";
	}
}

function isAlive(pid: string): boolean {
	const state = statOf(pid)?.state;
	return state !== undefined && state !== "Z" && state !== "X";
}

function namespaceOf(pid: string): string {
	try {
		return readlinkSync(`/proc/${pid}/ns/pid`);
	} catch {
		return "gone";
	}
}
