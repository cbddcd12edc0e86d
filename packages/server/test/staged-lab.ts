/** A lab for the page's tests, whose kernel is made up: kernel-lab.test.ts asks a real one. */
import type { LabReport, Subject } from "@podpath/core";
import type { KernelLab } from "../src/served.ts";

export const REPORT: LabReport = {
	question: { from: "pod/default/a", to: "service/default/b:80", protocol: "tcp" },
	verdict: { kind: "differs" },
	kernel: { backend: "uml", release: "6.1.0" },
	ways: [{ weight: 1, seen: 0 }],
	probes: 1,
	comparison: {
		verdict: "delivered",
		reason: "it is delivered",
		result: "timeout",
		directions: [
			{
				direction: "forward",
				rows: [
					row("same", "pod/default/a eth0 out", "syn 10.0.0.1:40000 > 10.0.0.2:80 ttl 64"),
					{
						...row("differs", "node/a eth0 out", "syn 10.0.0.1:40000 > 10.0.0.2:80 ttl 63"),
						observed: "syn 10.0.0.9:40000 > 10.0.0.2:80 ttl 63",
						fields: [{ field: "source", predicted: "10.0.0.1:40000", observed: "10.0.0.9:40000" }],
					},
					{
						...row("aside", "vpc/vpc-1", "syn 10.0.0.9:40000 > 10.0.0.2:80 ttl 63"),
						observed: null,
						note: "not built",
					},
				],
			},
			{ direction: "answer", rows: [] },
		],
		divergence: { direction: "forward", row: 1 },
		differences: [{ ofHop: false, about: "result", predicted: "answered", observed: "timeout" }],
		remarks: ["a remark"],
	},
	servers: [{ at: "pod/default/b", address: "10.0.0.2:80", peer: "10.0.0.9:40000" }],
	conntrack: [{ at: "node/a", text: "tcp 6 src=10.0.0.1 dst=10.0.0.2" }],
	omitted: ["one thing"],
	capture: Buffer.from([0x0a, 0x0d, 0x0d, 0x0a]).toString("base64"),
};

function row(
	kind: "same" | "differs" | "aside",
	device: string,
	packet: string,
): NonNullable<LabReport["comparison"]>["directions"][number]["rows"][number] {
	return { kind, device, predicted: packet, observed: packet, fields: [] };
}

/** A lab that tells its stages, and waits after the first until it is let go or ended. */
export class StagedLab implements KernelLab {
	readonly report: LabReport;
	readonly ended: string[] = [];
	readonly asked: Subject[] = [];
	readonly #free = Promise.withResolvers<void>();
	readonly #news = new EventTarget();

	constructor(report: LabReport = REPORT) {
		this.report = report;
	}

	offer: KernelLab["offer"] = () =>
		Promise.resolve({ available: true, tried: [{ kind: "uml", kernel: "6.1.0", missing: [] }] });

	ask: KernelLab["ask"] = async (subject, _question, { signal, onStage }) => {
		this.asked.push(subject);
		this.#news.dispatchEvent(new Event("news"));
		onStage("building", "building 5 namespaces on uml");
		const aborted = new Promise<string>((resolve) => {
			if (signal.aborted) resolve("aborted");
			signal.addEventListener("abort", () => resolve("aborted"));
		});
		const how = await Promise.race([aborted, this.#free.promise.then(() => "done")]);
		this.ended.push(how);
		this.#news.dispatchEvent(new Event("news"));
		onStage("comparing", "");
		return this.report;
	};

	/** Until it was asked so often: what a page shows of a run begins before its server hears of it. */
	async askedTimes(times: number): Promise<void> {
		await this.#until(() => this.asked.length >= times);
	}

	async endedTimes(times: number): Promise<readonly string[]> {
		await this.#until(() => this.ended.length >= times);
		return this.ended;
	}

	async #until(isSo: () => boolean): Promise<void> {
		while (!isSo()) await new Promise((resolve) => this.#news.addEventListener("news", resolve, { once: true }));
	}

	release(): void {
		this.#free.resolve();
	}
}
