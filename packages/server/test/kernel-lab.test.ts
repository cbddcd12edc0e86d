/** The server's lab on a real kernel, where this machine has one. */
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { InputError, type LabStage } from "@podpath/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { kernelLab } from "../src/kernel-lab.ts";
import type { Served } from "../src/served.ts";
import { atlasSubject, editedSubject } from "../src/subjects.ts";
import { atlasMode } from "./browser.ts";

const lab = kernelLab();
const { available, tried } = await lab.offer("en");
const NO_KERNEL = available ? "" : ` (skipped: ${tried.map(({ why }) => why).join("; ")})`;

const FLANNEL = atlasMode("flannel-host-gw");
const served: Served = { version: "0", atlas: [FLANNEL], input: null, lab };
const QUESTION = { from: "pod/default/client", to: "pod/default/web:80", protocol: "tcp" } as const;
const MARK = "PODPATH_TEST_MARK";

/** Everything that this test has started inherits its mark. */
function started(): readonly string[] {
	const mark = `${MARK}=${process.env[MARK]}`;
	return readdirSync("/proc").filter(
		(pid) => /^\d+$/.test(pid) && environmentOf(pid).includes(mark) && pid !== String(process.pid),
	);
}

function environmentOf(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/environ`, "latin1");
	} catch {
		// It has ended meanwhile, or is somebody else's.
		return "";
	}
}

describe.skipIf(NO_KERNEL !== "")(`a question to the kernel${NO_KERNEL}`, () => {
	beforeEach(() => {
		process.env[MARK] = randomUUID();
	});
	afterEach(() => {
		delete process.env[MARK];
	});

	test("is proven hop by hop, with what the server saw and all packets, and leaves nothing", async () => {
		const stages: LabStage[] = [];
		const subject = await atlasSubject(served, "flannel-host-gw");
		const report = await lab.ask(subject, QUESTION, {
			language: "en",
			signal: new AbortController().signal,
			onStage: (stage) => stages.push(stage),
		});
		expect(report.verdict).toEqual({ kind: "proven" });
		expect([...new Set(stages)]).toEqual(["building", "settling", "sending", "comparing"]);
		const rows = report.comparison?.directions.flatMap((direction) => direction.rows) ?? [];
		expect(rows.length).toBeGreaterThan(4);
		expect(rows.filter(({ kind }) => kind === "differs")).toEqual([]);
		expect(report.servers.map(({ at }) => at)).toEqual(["pod/default/web"]);
		expect(report.conntrack.map(({ at }) => at)).toContain("pod/default/client");
		// A section header block begins every pcapng file (draft-ietf-opsawg-pcapng).
		expect(
			Buffer.from(report.capture ?? "", "base64")
				.subarray(0, 4)
				.toString("hex"),
		).toBe("0a0d0d0a");
		expect(started()).toEqual([]);
	});

	test("about manifests as somebody changed them is proven for the changed network, and told in the language that is wanted", async () => {
		const { cluster } = FLANNEL.files;
		// kube-proxy rejects what is sent to a Service without endpoints (pkg/proxy/iptables/proxier.go).
		const edited = [{ name: cluster.name, text: cluster.text.replace("{ app: web }\n  ports", "{ app: x }\n  ports") }];
		const subject = await editedSubject(served, "flannel-host-gw", edited);
		const report = await lab.ask(
			subject,
			{ ...QUESTION, to: "service/default/web:80" },
			{ language: "zh", signal: new AbortController().signal, onStage: () => {} },
		);
		expect(report.verdict).toEqual({ kind: "proven" });
		expect(report.comparison).toMatchObject({ verdict: "refused", reason: expect.stringMatching(/\p{Script=Han}/u) });
		expect(started()).toEqual([]);
	});

	test("that cannot be asked opens no kernel", async () => {
		const stages: string[] = [];
		const subject = await atlasSubject(served, "flannel-host-gw");
		const asking = lab.ask(
			subject,
			{ ...QUESTION, from: "pod/default/<i>client" },
			{ language: "en", signal: new AbortController().signal, onStage: (stage) => stages.push(stage) },
		);
		await expect(asking).rejects.toThrow(InputError);
		expect(stages).toEqual([]);
	});

	test("that is ended while the network is built leaves nothing", async () => {
		const ending = new AbortController();
		const subject = await atlasSubject(served, "flannel-host-gw");
		const report = await lab.ask(subject, QUESTION, {
			language: "en",
			signal: ending.signal,
			onStage: () => ending.abort(),
		});
		expect(report.verdict).toMatchObject({ kind: "not-verified" });
		await expect.poll(started, { timeout: 10_000 }).toEqual([]);
	});
});
