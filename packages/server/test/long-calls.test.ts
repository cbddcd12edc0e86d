/** Calls that answer with a stream of events: diagnosis, and questions to a kernel. */
import { setTimeout as after } from "node:timers/promises";
import {
	type DiagnosisEvent,
	diagnose,
	editOf,
	type LabEvent,
	type LabReport,
	type Subject,
	survey,
} from "@podpath/core";
import { describe, expect, test } from "vitest";
import { app } from "../src/app.ts";
import { Events } from "../src/events.ts";
import { LabRuns } from "../src/lab-runs.ts";
import type { KernelLab, NamedInput } from "../src/served.ts";
import { atlasMode, clusterInput } from "./browser.ts";
import { NO_LAB } from "./no-lab.ts";

const TOKEN = "the-token-of-this-test";
const ALLOWED = {
	Host: "127.0.0.1:8080",
	Authorization: `Bearer ${TOKEN}`,
	"Content-Type": "application/json",
};
const FLANNEL = atlasMode("flannel-vpc");
const QUESTION = {
	from: "pod/default/centos-67756b6dc8-rmmxt",
	to: "service/default/nginx1:80",
	protocol: "tcp",
} as const;

interface Serving {
	readonly input?: NamedInput | null;
	readonly lab?: KernelLab;
}

type Ask = (path: string, body: unknown, init?: RequestInit) => Promise<Response>;

function serverWith({ input = null, lab = NO_LAB }: Serving): { readonly ask: Ask; readonly runs: LabRuns } {
	const runs = new LabRuns(lab);
	const served = { version: "0", atlas: [FLANNEL], input, lab };
	const access = { token: TOKEN, open: false };
	const server = app({ served, access, events: new Events({ kind: "ready" }), runs, page: new Map() });
	const ask: Ask = (path, body, init = {}) =>
		Promise.resolve(
			server.request(path, {
				method: "POST",
				body: typeof body === "string" ? body : JSON.stringify(body),
				...init,
				headers: { ...ALLOWED, ...(init.headers as Record<string, string> | undefined) },
			}),
		);
	return { ask, runs };
}

/** Every event of the stream, in order. */
async function eventsIn<Event>(response: Response): Promise<readonly Event[]> {
	const text = await response.text();
	return text.split("\n").flatMap((line) => (line.startsWith("data: ") ? [JSON.parse(line.slice(6)) as Event] : []));
}

const input = clusterInput(FLANNEL.files.cluster.text);
const subject: Subject = await input.subject;

describe("POST /api/diagnose", () => {
	test("tells of one question what `podpath diagnose FROM TO` tells", async () => {
		const response = await serverWith({ input }).ask("/api/diagnose", { question: QUESTION });
		expect(response.headers.get("Content-Type")).toContain("text/event-stream");
		const events = await eventsIn<DiagnosisEvent>(response);
		expect(events).toEqual([{ kind: "done", diagnosis: JSON.parse(JSON.stringify(diagnose(subject, QUESTION))) }]);
	});

	test("without a question tells of the whole cluster what `podpath diagnose --all` tells", async () => {
		const events = await eventsIn<DiagnosisEvent>(await serverWith({ input }).ask("/api/diagnose", { question: null }));
		const asking = survey(subject);
		let step = asking.next();
		while (step.done !== true) step = asking.next();
		const last = events.at(-1);
		expect(last).toEqual({ kind: "done", diagnosis: JSON.parse(JSON.stringify(step.value)) });
		for (const event of events.slice(0, -1)) expect(["progress", "found"]).toContain(event.kind);
	});

	test("a question that cannot be asked is the stream's last event", async () => {
		const events = await eventsIn<DiagnosisEvent>(
			await serverWith({ input }).ask("/api/diagnose", { question: { ...QUESTION, to: "pod/default/zz" } }),
		);
		expect(events).toMatchObject([{ kind: "problem", error: { code: "no-such-pod" } }]);
	});

	test.each([
		["no JSON", "{", 400],
		["no question", {}, 400],
		["a word too much", { question: null, shell: "x" }, 400],
		["a body without end", { question: { ...QUESTION, to: "a".repeat(70_000) } }, 413],
	])("%s is refused before anything is streamed", async (_, body, status) => {
		const response = await serverWith({ input }).ask("/api/diagnose", body);
		expect(response.status).toBe(status);
		expect(await response.json()).toHaveProperty("error.code");
	});

	test("a server with the atlas alone has nothing to diagnose", async () => {
		const response = await serverWith({}).ask("/api/diagnose", { question: null });
		expect([response.status, await response.json()]).toMatchObject([422, { error: { code: "no-input" } }]);
	});
});

const REPORT: LabReport = {
	question: QUESTION,
	verdict: { kind: "not-verified", why: "no kernel here can build this network" },
	kernel: null,
	ways: [],
	probes: 0,
	comparison: null,
	servers: [],
	conntrack: [],
	omitted: [],
	capture: null,
};

/** A lab that works until it is let go or its signal ends it. */
class PatientLab implements KernelLab {
	readonly asked: string[] = [];
	/** Of the Service that is asked, in the network that is built. */
	readonly ports: (readonly number[])[] = [];
	readonly ended: string[] = [];
	readonly #free = Promise.withResolvers<void>();

	offer: KernelLab["offer"] = () =>
		Promise.resolve({ available: true, tried: [{ kind: "uml", kernel: "6.1", missing: [] }] });

	ask: KernelLab["ask"] = async ({ cluster }, { to }, { signal, onStage }) => {
		this.asked.push(`${cluster.mode} ${to}`);
		const service = cluster.services.find(({ namespace, name }) => to.startsWith(`service/${namespace}/${name}:`));
		this.ports.push(service?.ports.map(({ port }) => port) ?? []);
		onStage("building", "3 namespaces");
		const aborted = new Promise<string>((resolve) => signal.addEventListener("abort", () => resolve("aborted")));
		const how = await Promise.race([aborted, this.#free.promise.then(() => "done")]);
		this.ended.push(how);
		return REPORT;
	};

	release(): void {
		this.#free.resolve();
	}
}

describe("POST /api/lab", () => {
	const RUN = { question: QUESTION };

	test("tells what is being done, then what came of it", async () => {
		const lab = new PatientLab();
		const response = await serverWith({ input, lab }).ask("/api/lab", RUN);
		lab.release();
		expect(await eventsIn<LabEvent>(response)).toEqual([
			{ kind: "stage", stage: "building", text: "3 namespaces" },
			{ kind: "done", report: REPORT },
		]);
	});

	test.each([
		["a scenario of the atlas, with what it changes in the cluster", "flannel-vpc/001-2.2-iptables"],
		["a mode's cluster as it stands", "flannel-vpc"],
		["a cluster with a fault in it", "faults/flannel-vpc/ipvs-server-missing"],
	])("asks about %s", async (_, atlas) => {
		const lab = new PatientLab();
		lab.release();
		await eventsIn(await serverWith({ lab }).ask("/api/lab", { ...RUN, atlas }));
		expect(lab.asked).toEqual(["flannel-vpc service/default/nginx1:80"]);
	});

	describe("with files that somebody changed in the page", () => {
		const { cluster } = FLANNEL.files;
		const edited = [{ name: cluster.name, text: cluster.text.replaceAll("{ port: 80,", "{ port: 81,") }];
		const to81 = { question: { ...QUESTION, to: "service/default/nginx1:81" } };

		test.each([
			["what the server was started with", { input: clusterInput(cluster.text, cluster.name) }, {}],
			["a mode's cluster", {}, { atlas: "flannel-vpc" }],
			["a scenario", {}, { atlas: "flannel-vpc/001-3.1" }],
			["a fault's cluster as it should be", {}, { atlas: "faults/flannel-vpc/ipvs-server-missing" }],
		])("asks about %s as it is changed", async (_, serving, about) => {
			const lab = new PatientLab();
			lab.release();
			await eventsIn(await serverWith({ ...serving, lab }).ask("/api/lab", { ...to81, ...about, edited }));
			expect(lab.ports).toEqual([[81]]);
		});

		test("takes of a large file the stretch that differs", async () => {
			const large = clusterInput(`# ${"a".repeat(200_000)}\n${cluster.text}`, "large.yaml");
			const lab = new PatientLab();
			lab.release();
			const [file = { name: "", text: "" }] = await large.manifests;
			const edit = editOf(file, file.text.replaceAll("{ port: 80,", "{ port: 81,"));
			await eventsIn(await serverWith({ input: large, lab }).ask("/api/lab", { ...to81, edited: [edit] }));
			expect(lab.ports).toEqual([[81]]);
		});

		test.each([
			[
				"a stretch that the file does not have",
				{ name: cluster.name, text: "", instead: { from: 0, removed: 1_000_000 } },
				{ code: "no-such-stretch" },
			],
			["a file that the input does not have", { name: "/etc/passwd", text: "" }, { code: "no-such-file" }],
			["no YAML", { name: cluster.name, text: "a: [" }, { where: expect.stringMatching(/cluster.yaml:1:/) }],
			[
				"a field that is none",
				{ name: cluster.name, text: cluster.text.replace("podCIDRs:", "podCIDR:") },
				{ where: expect.stringMatching(/cluster.yaml:\d+:\d+/) },
			],
		])("%s is told with its place, and nothing is built", async (_, file, error) => {
			const lab = new PatientLab();
			const { ask } = serverWith({ lab });
			const events = await eventsIn<LabEvent>(await ask("/api/lab", { ...RUN, atlas: "flannel-vpc", edited: [file] }));
			expect(events).toMatchObject([{ kind: "problem", error }]);
			expect(lab.asked).toEqual([]);
		});

		test("more than a request may hold is refused", async () => {
			const large = [{ name: cluster.name, text: `${cluster.text}\n# ${"a".repeat(70_000)}` }];
			const response = await serverWith({}).ask("/api/lab", { ...RUN, atlas: "flannel-vpc", edited: large });
			expect([response.status, await response.json()]).toMatchObject([413, { error: { code: "too-large" } }]);
		});

		test("a snapshot has no manifests to be changed", async () => {
			const snapshot: NamedInput = { ...input, kind: "snapshot", manifests: Promise.resolve([]) };
			const events = await eventsIn<LabEvent>(
				await serverWith({ input: snapshot }).ask("/api/lab", { ...RUN, edited }),
			);
			expect(events).toMatchObject([{ kind: "problem", error: { code: "no-manifests" } }]);
		});
	});

	test("a name that the atlas does not have is the stream's last event", async () => {
		for (const atlas of ["flannel-vpc/none", "none", "faults/flannel-vpc/none"]) {
			const events = await eventsIn<LabEvent>(await serverWith({}).ask("/api/lab", { ...RUN, atlas }));
			expect(events).toMatchObject([{ kind: "problem" }]);
		}
	});

	test("one question at a time: a second is told that the lab is busy, and may be asked when the first is done", async () => {
		const lab = new PatientLab();
		const { ask } = serverWith({ input, lab });
		const first = await ask("/api/lab", RUN);
		await expect.poll(() => lab.asked.length).toBe(1);
		// Whatever else is wrong with it: nobody looks at it yet.
		const second = await eventsIn<LabEvent>(await ask("/api/lab", { ...RUN, atlas: "none" }));
		expect(second).toMatchObject([{ kind: "problem", error: { code: "lab-busy" } }]);
		lab.release();
		await first.text();
		expect((await eventsIn<LabEvent>(await ask("/api/lab", RUN))).at(-1)).toEqual({ kind: "done", report: REPORT });
	});

	test("a listener who leaves ends the run", async () => {
		const lab = new PatientLab();
		const response = await serverWith({ input, lab }).ask("/api/lab", RUN);
		await expect.poll(() => lab.asked.length).toBe(1);
		await response.body?.cancel();
		await expect.poll(() => lab.ended).toEqual(["aborted"]);
	});

	test("a server that stops ends the run first, and waits until it is over", async () => {
		const lab = new PatientLab();
		const { ask, runs } = serverWith({ input, lab });
		await ask("/api/lab", RUN);
		await expect.poll(() => lab.asked.length).toBe(1);
		await runs.stop();
		expect(lab.ended).toEqual(["aborted"]);
	});

	test.each([
		["a foreign origin", { Origin: "http://evil.example" }, 403],
		["another site's form", { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" }, 403],
		["another Host", { Host: "evil.example:8080" }, 421],
		["a wrong token", { Authorization: "Bearer wrong" }, 401],
		["a body that a form can send", { "Content-Type": "text/plain" }, 400],
	])("%s starts nothing", async (_, headers, status) => {
		const lab = new PatientLab();
		const { ask } = serverWith({ input, lab });
		for (const path of ["/api/lab", "/api/diagnose"]) {
			expect((await ask(path, RUN, { headers })).status).toBe(status);
		}
		await after(0);
		expect(lab.asked).toEqual([]);
	});
});

test("a mode's faults are handed out as they are written, and the index names them all", async () => {
	const served = { version: "0", atlas: [FLANNEL], input: null, lab: NO_LAB };
	const access = { token: TOKEN, open: false };
	const server = app({
		served,
		access,
		events: new Events({ kind: "ready" }),
		runs: new LabRuns(NO_LAB),
		page: new Map(),
	});
	const file = await (await server.request("/api/faults/flannel-vpc.json", { headers: ALLOWED })).json();
	expect(file).toEqual(FLANNEL.faults?.file);
	const index = await (await server.request("/api/faults.json", { headers: ALLOWED })).json();
	const [mode] = (index as { readonly modes: readonly { readonly faults: readonly { readonly name: string }[] }[] })
		.modes;
	expect(mode?.faults.map(({ name }) => name)).toEqual(
		FLANNEL.faults?.faults.map(({ id }) => `faults/flannel-vpc/${id}`),
	);
	const missing = await server.request("/api/faults/none.json", { headers: ALLOWED });
	expect(missing.status).toBe(404);
});
