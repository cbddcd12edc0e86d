/** `podpath lab` and `atlas check --lab`, on whichever kernels this machine can start. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError, probeFeatures } from "@podpath/lab";
import { afterAll, describe, expect, test, vi } from "vitest";
import { BUILT, ended, podpath, startBuilt } from "./run-cli.ts";

async function whyNot(kind: "userns" | "uml" | "qemu"): Promise<string | null> {
	try {
		await probeFeatures({ kind });
		return null;
	} catch (error) {
		if (error instanceof LabError) return error.message;
		throw error;
	}
}

const [noUserns, noUml, noQemu] = [await whyNot("userns"), await whyNot("uml"), await whyNot("qemu")];
/** Labs of this test have a folder of their own. */
const runtime = mkdtempSync(join(tmpdir(), "podpath-test-"));
const env = { ...process.env, XDG_RUNTIME_DIR: runtime };
afterAll(() => rmSync(runtime, { recursive: true, force: true }));

function built(...args: readonly string[]): {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
} {
	return spawnSync(process.execPath, [BUILT, ...args], { env, encoding: "utf8" });
}

/** Processes that one has started (proc(5): the fourth field of their stat). */
function childrenOf(parent: number | undefined): readonly string[] {
	return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === String(parent));
}

function parentOf(pid: string): string | undefined {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
	} catch {
		// It has ended meanwhile.
		return undefined;
	}
}

const SCENARIO = ["--scenario", "flannel-vxlan/pod-cross"];

describe.skipIf(noUserns !== null)(`on the host's kernel${noUserns === null ? "" : `: ${noUserns}`}`, () => {
	test("a question is predicted, sent and compared in one go", async () => {
		const { status, stdout } = await podpath(["lab", "explain", ...SCENARIO]);
		expect(stdout).toMatch(/^pod\/default\/client → .*on userns/);
		expect(stdout).toMatch(/\nagrees\n/);
		expect(status).toBe(0);
	});

	test("as JSON it says which kernel proved it", async () => {
		const { stdout } = await podpath(["lab", "explain", ...SCENARIO, "-o", "json"]);
		expect(JSON.parse(stdout)).toMatchObject({ kind: "LabAnswer", backend: "userns", verdict: { kind: "proven" } });
	});

	test("what every device showed is written for Wireshark", async () => {
		const file = join(runtime, "way.pcapng");
		await podpath(["lab", "explain", ...SCENARIO, "--pcapng", file]);
		// The block type of a Section Header (draft-ietf-opsawg-pcapng section 4.1).
		expect(readFileSync(file).readUInt32LE(0)).toBe(0x0a0d0d0a);
	});

	test("a lab whose command was killed while it was being built is found and ended", async () => {
		const up = spawn(process.execPath, [BUILT, "lab", "up", ...SCENARIO, "--name", "half"], { env, stdio: "ignore" });
		const keeper = join(runtime, "podpath-labs/half/keeper.json");
		await vi.waitFor(() => expect(existsSync(keeper)).toBe(true), { timeout: 20_000, interval: 5 });
		const { pid } = JSON.parse(readFileSync(keeper, "utf8"));
		up.kill("SIGKILL");
		built("lab", "down", "--all");
		expect(existsSync(`/proc/${pid}`)).toBe(false);
		expect(built("lab", "status").stdout).toBe("no lab stands\n");
	}, 30_000);

	describe("a lab that stands", () => {
		afterAll(() => void built("lab", "down", "--all"));

		test("is raised, asked, entered and taken down", () => {
			const up = built("lab", "up", ...SCENARIO, "--name", "one");
			expect(up).toMatchObject({ status: 0, stderr: "" });
			expect(up.stdout).toMatch(/^lab one: 7 namespaces on userns/);
			expect(built("lab", "status").stdout).toMatch(/^one {2}stands/);
			expect(
				built("lab", "exec", "--name", "one", "node/n1", "--", "cat", "/proc/sys/net/ipv4/ip_forward").stdout,
			).toBe("1\n");
			expect(built("lab", "exec", "--name", "one", "node/n1", "--", "false").status).toBe(1);
			expect(built("lab", "explain", "pod/default/client", "pod/default/web:80", "--name", "one").status).toBe(0);
			expect(built("lab", "exec", "--name", "one", "node/n1", "--", "ip", "route", "del", "10.244.2.0/24").status).toBe(
				0,
			);
			const snapshot = join(runtime, "one.tar.gz");
			expect(
				built("lab", "exec", "--name", "one", "node/n1", "--", "podpath", "collect", "--local", "-o", snapshot),
			).toMatchObject({ status: 0, stderr: expect.stringContaining("7 namespaces") });
			const { stdout } = built("diagnose", "pod/default/client", "pod/default/web:80", "--snapshot", snapshot);
			expect(stdout).toContain('node/n1 lacks the route "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink"');
			expect(built("lab", "up", ...SCENARIO, "--name", "one")).toMatchObject({
				status: 4,
				stderr: 'podpath: the lab "one" stands already: podpath lab down one\n',
			});
			expect(built("lab", "down", "one").stdout).toBe("lab one: taken down\n");
			expect(built("lab", "status").stdout).toBe("no lab stands\n");
		});

		test("runs programs with input, output and signals of their own", async () => {
			built("lab", "up", ...SCENARIO, "--name", "three");
			const exec = ["lab", "exec", "--name", "three", "node/n1", "--"];
			// More than any pipe holds.
			const input = Buffer.alloc(1_000_000, "0123456789abcdef\n");
			const { stdout } = spawnSync(process.execPath, [BUILT, ...exec, "cat"], { env, input, maxBuffer: 4_000_000 });
			expect(stdout.equals(input)).toBe(true);
			expect(built(...exec, "sh", "-c", "echo out; echo err >&2; kill -9 $$")).toEqual(
				expect.objectContaining({ status: 137, stdout: "out\n", stderr: "err\n" }),
			);
			const script = "trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.05; done";
			const child = spawn(process.execPath, [BUILT, ...exec, "sh", "-c", script], { env });
			let said = "";
			child.stdout.on("data", (data: Buffer) => {
				said += data.toString();
				if (said === "ready\n") child.kill("SIGINT");
			});
			expect((await ended(child)).code).toBe(130);
			expect(said).toBe("ready\ncaught\n");
		});

		test("without a name is the one that is asked; whose keeper was killed leaves a folder, which down --all removes", () => {
			expect(built("lab", "up", ...SCENARIO).stdout).toContain(
				"\npodpath lab explain FROM TO    podpath lab exec PLACE -- ",
			);
			expect(built("lab", "explain", "pod/default/client", "pod/default/web:80")).toMatchObject({
				status: 0,
				stderr: "",
			});
			const { pid } = JSON.parse(readFileSync(join(runtime, "podpath-labs/default/standing.json"), "utf8"));
			process.kill(pid, "SIGKILL");
			expect(built("lab", "down", "--all").stdout).toMatch(
				/lab default: (had ended; its traces are removed|taken down)/,
			);
			expect(built("lab", "status").stdout).toBe("no lab stands\n");
		});
	});

	test("an interrupt takes the lab down before the process ends", async () => {
		const child = startBuilt(["atlas", "check", "flannel-vxlan", "--lab"]);
		const end = ended(child);
		const kernels = await vi.waitFor(
			() => {
				const started = childrenOf(child.pid);
				expect(started).not.toEqual([]);
				return started;
			},
			{ timeout: 20_000, interval: 20 },
		);
		child.kill("SIGINT");
		expect((await end).code).toBe(130);
		for (const pid of kernels) expect(existsSync(`/proc/${pid}`)).toBe(false);
	}, 30_000);
});

describe.skipIf(noUserns !== null || noUml !== null)("with both kernels", () => {
	test.each(["flannel-host-gw", "flannel-ipip", "flannel-vpc", "flannel-vxlan"])(
		"every scenario of %s is proven",
		async (mode) => {
			const { stdout } = await podpath(["atlas", "check", mode, "--lab"]);
			const open = stdout.split("\n").filter((line) => line.startsWith("open"));
			expect(stdout).toMatch(/\n\d+ passed, 0 failed\n$/);
			expect(open.map((line) => line.split(/\s+/)[1])).toEqual([]);
		},
		180_000,
	);

	// Of each mode the rows in which something of its own decides.
	test.each([
		"terway-trunk/T4",
		"terway-trunk/T5",
		"terway-trunk/T6",
		"terway-trunk/T8-admitted",
		"terway-trunk/T8-admitted-iptables",
		"terway-eniip/E5",
		"terway-eniip/E6",
		"terway-eni/T6",
		"terway-vpc/V2",
		"terway-ipvlan/T2-other-eni",
		"terway-ipvlan/T2-svc",
		"terway-datapathv2/T6",
	])(
		"%s is proven",
		async (scenario) => {
			expect((await podpath(["atlas", "check", scenario, "--lab"])).stdout).toMatch(/\n1 passed, 0 failed\n$/);
		},
		60_000,
	);
});

describe.skipIf(noQemu !== null)(`on a virtual machine's kernel${noQemu === null ? "" : `: ${noQemu}`}`, () => {
	test("nftables together with VLANs, which no other kernel here has", async () => {
		const { stdout } = await podpath(["atlas", "check", "terway-trunk/T6-nftables", "--lab"]);
		expect(stdout).toMatch(/proven .* on (qemu|userns) .*\n1 passed, 0 failed\n$/);
	}, 300_000);
});

describe("what is wrong is said in a line", () => {
	test.each([
		[["up"], 2, "podpath: there is nothing to build (give -f FILE|DIR or --scenario MODE/ID)\n"],
		[["up", ...SCENARIO, "--name", "../x"], 4, `podpath: "../x" cannot be a lab's name: `],
		[["exec", "--name", "none", "node/a", "--", "true"], 4, `podpath: the lab "none" does not stand\n`],
		[["explain", "a", "b", "--name", "none"], 4, `podpath: the lab "none" does not stand\n`],
		[["down", "none"], 0, ""],
	])("lab %j", async (args, status, message) => {
		const ran = await podpath(["lab", ...args]);
		expect(ran).toMatchObject({ status, stderr: expect.stringContaining(message) });
	});
});
