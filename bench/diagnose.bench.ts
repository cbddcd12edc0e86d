/** `diagnose --all` over a snapshot of a hundred nodes: healthy, and with faults of several sorts. */
import { rereadNetwork } from "../packages/core/src/atlas/reread.ts";
import { loadCluster } from "../packages/core/src/cluster/load.ts";
import { survey } from "../packages/core/src/diagnose/survey.ts";
import { clusterNetwork } from "../packages/core/src/modes/network.ts";
import { type Benchmark, type Measurement, milliseconds } from "./benchmark.ts";
import { generateCluster, nodeName } from "./generate-cluster.ts";

const SHAPE = { mode: "flannel-vxlan", proxyMode: "iptables", endpointSlices: false } as const;
const SIZE = { nodes: 100, pods: 1_000, services: 100 };

/** What is lost on one node each. */
const FAULTS: ReadonlyMap<string, (files: ReadonlyMap<string, string>) => ReadonlyMap<string, string>> = new Map([
	[`node/${nodeName(3)}`, (files) => edited(files, "sysctl.txt", "net.ipv4.ip_forward = 1", "net.ipv4.ip_forward = 0")],
	[`node/${nodeName(7)}`, (files) => edited(files, "iptables-save.txt", ":FORWARD ACCEPT", ":FORWARD DROP")],
	[`node/${nodeName(50)}`, (files) => new Map([...files, ["ip-route.txt", withoutTunnels(files.get("ip-route.txt"))]])],
]);

function edited(
	files: ReadonlyMap<string, string>,
	name: string,
	text: string,
	other: string,
): ReadonlyMap<string, string> {
	return new Map([...files, [name, (files.get(name) ?? "").replaceAll(text, other)]]);
}

/** Without its routes to three other nodes. */
function withoutTunnels(routes = ""): string {
	let left = 3;
	return routes
		.split("\n")
		.filter((line) => !line.includes("flannel.1") || !line.includes("via") || left-- <= 0)
		.join("\n");
}

async function run(faulty: boolean): Promise<Measurement> {
	const cluster = loadCluster(generateCluster(SIZE, SHAPE));
	const actual = rereadNetwork(clusterNetwork(cluster), (place, files) => {
		const change = faulty ? FAULTS.get(place) : undefined;
		return change === undefined ? files : change(files);
	});
	// Reading is another benchmark's business.
	for (const place of actual.places()) actual.namespace(place);
	const { result, elapsed } = await milliseconds(() => {
		const asking = survey({ cluster, network: actual, fromSnapshot: true });
		for (let step = asking.next(); ; step = asking.next()) if (step.done === true) return step.value;
	});
	const serious = result.findings.filter(({ severity }) => severity !== "info");
	const detail = { ...SIZE, questions: result.asked?.questions ?? 0, findings: serious.length };
	return { value: elapsed / 1000, unit: "s", detail };
}

export const benchmarks: readonly Benchmark[] = [
	{ name: "diagnose/all-healthy", run: () => run(false) },
	{ name: "diagnose/all-faulty", run: () => run(true) },
];
