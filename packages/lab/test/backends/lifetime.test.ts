/** However a lab ends, nothing of it stays: no process, no mount, no namespace, no folder. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AgentProcess } from "../../src/backends/agent-process.ts";
import { AGENT_FOLDER, PYTHON } from "../../src/backends/python.ts";
import { type Backend, openBackend } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";

const MARK = "PODPATH_TEST_MARK";

onEachKernel(["veth"], ({ kind }) => {
	const open = (signal?: AbortSignal): Promise<Backend> =>
		openBackend({ kind, needs: new Set(["veth"]), ...(signal && { signal }) });

	beforeEach(() => {
		// Everything that a test starts inherits this: other tests have labs at the same time.
		process.env[MARK] = randomUUID();
	});
	afterEach(() => {
		delete process.env[MARK];
	});

	/** Nothing that this test has started by now may be there later. */
	function traces(): { readonly left: () => readonly string[] } {
		const processes = ownProcesses();
		const folders = processes.flatMap((pid) => /uml_dir=([^\0]+)/.exec(textOf(pid, "cmdline"))?.[1] ?? []);
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
		// At least the parent, unshare and the agent (or UML), and on the host's kernel what those started.
		expect(left().length).toBeGreaterThanOrEqual(kind === "userns" ? 5 : 3);
		await kill(parent);
		await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 5_000, interval: 50 });
	});

	test("an agent that dies is an error, with what was being done", async () => {
		const lab = await open();
		const { left } = traces();
		const agent = ownProcesses().findLast((pid) => namespaceOf(pid) !== namespaceOf("self"));
		process.kill(Number(agent), "SIGKILL");
		await expect(lab.run([{ kind: "run", argv: ["sleep", "10"] }])).rejects.toThrow(
			/the lab's kernel (ended|panicked)/,
		);
		await lab.close();
		expect(left()).toEqual([]);
	});
});

onEachKernel(
	["veth"],
	({ kind }) => {
		test("a guest that panics is killed, and the error says so", async () => {
			const lab = await openBackend({ kind, needs: new Set() });
			const crash = lab.run([{ kind: "run", argv: ["sh", "-c", "echo c > /proc/sysrq-trigger; sleep 1000"] }]);
			await expect(crash).rejects.toThrow(
				/^the lab's kernel panicked: Kernel panic - not syncing: sysrq triggered crash$/,
			);
			await lab.close();
		});
	},
	["uml"],
);

onEachKernel(["veth"], () => {
	test("the agent touches nothing in a namespace that has somebody's devices", async () => {
		const script = 'ip link add theirs type veth peer name yours && exec "$0" "$@"';
		const argv = ["unshare", "-Urnm", "sh", "-c", script, ...PYTHON, "-B", AGENT_FOLDER, "namespaces"] as const;
		const starting = AgentProcess.start({ argv, line: "stdio", startLimitMs: 5_000 }, {});
		await expect(starting).rejects.toThrow("this network namespace is somebody's: it has theirs, yours");
	});
}, ["userns"]);

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

/** What this test has started, in the order in which it was. What the agent starts has another environment. */
function ownProcesses(): readonly string[] {
	const mark = `${MARK}=${process.env[MARK]}\0`;
	return allProcesses().filter((pid) => isAlive(pid) && textOf(pid, "environ").includes(mark));
}

function isAlive(pid: string): boolean {
	const text = textOf(pid, "stat");
	// The state follows the program's name, which may have anything in it.
	return text !== "" && !/^. [ZX] /.test(text.slice(text.lastIndexOf(")")));
}

function textOf(pid: string, file: "cmdline" | "environ" | "stat"): string {
	try {
		return readFileSync(`/proc/${pid}/${file}`, "utf8");
	} catch {
		return "";
	}
}

function namespaceOf(pid: string): string {
	try {
		return readlinkSync(`/proc/${pid}/ns/pid`);
	} catch {
		return "gone";
	}
}
