/** Reading a snapshot of a large cluster, and taking one of a crowded node. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectScript } from "../packages/collect/src/collect/script.ts";
import { readSnapshot } from "../packages/collect/src/snapshot.ts";
import { type SnapshotState, snapshotNetwork } from "../packages/core/src/snapshot/network.ts";
import { type Benchmark, milliseconds } from "./benchmark.ts";
import { generateIptablesSave } from "./generate-iptables.ts";

const NODES = 100;
const RULES = 2000;
const PODS = 10;
const NAMESPACES = 50;

export const benchmarks: readonly Benchmark[] = [
	{
		name: `snapshot/${NODES}-nodes`,
		async run() {
			const { elapsed, detail } = await readLarge();
			return { value: elapsed / 1000, unit: "s", detail };
		},
	},
	{
		name: `snapshot/${NODES}-nodes-memory`,
		async run() {
			const { detail } = await readLarge();
			return { value: Math.round(process.resourceUsage().maxRSS / 1024), unit: "MB", detail };
		},
	},
	{
		name: `collect/${NAMESPACES}-namespaces`,
		async run() {
			const { result, elapsed } = await milliseconds(collectCrowded);
			// The namespaces are made in the same process: what that takes is not counted.
			return {
				value: result.seconds,
				unit: "s",
				detail: { namespaces: NAMESPACES, files: result.files, wholeSeconds: elapsed / 1000 },
			};
		},
	},
];

async function readLarge(): Promise<{ readonly elapsed: number; readonly detail: Readonly<Record<string, number>> }> {
	const folder = mkdtempSync(join(tmpdir(), "podpath-bench-"));
	try {
		writeLarge(folder);
		const { result, elapsed } = await milliseconds(
			async (): Promise<SnapshotState> => snapshotNetwork(await readSnapshot(folder)),
		);
		const namespaces = result.shown.size;
		if (namespaces !== NODES * (PODS + 1)) throw new Error(`${namespaces} namespaces were read`);
		return { elapsed, detail: { nodes: NODES, pods: NODES * PODS, rulesPerNode: RULES } };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const LO =
	"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 state UNKNOWN\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0\n    inet 127.0.0.1/8 scope host lo\n";

function veth(index: number, name: string, peer: number, mac: string, more: string): string {
	return `${index}: ${name}@if${peer}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 ${more}state UP\n    link/ether ${mac} brd ff:ff:ff:ff:ff:ff link-netnsid ${more === "" ? 0 : index - 10} promiscuity 0\n    veth\n`;
}

function writeLarge(folder: string): void {
	const rules = generateIptablesSave(RULES);
	const objects: string[] = [];
	for (let node = 0; node < NODES; node++) {
		const name = `node-${node}`;
		objects.push(
			`apiVersion: v1\nkind: Node\nmetadata: { name: ${name} }\nstatus: { addresses: [{ type: InternalIP, address: 10.0.0.${node + 1} }] }`,
		);
		const pods = Array.from({ length: PODS }, (_, i) => i);
		write(folder, `nodes/${name}/host`, {
			"ip-address.txt": `${LO}2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500 state UP\n    link/ether 00:16:3e:00:00:${hex(node)} brd ff:ff:ff:ff:ff:ff promiscuity 0\n    inet 10.0.0.${node + 1}/24 scope global eth0\n${pods.map((i) => veth(i + 10, `veth${i}`, 2, `2e:00:00:${hex(node)}:01:${hex(i)}`, "master cni0 ")).join("")}`,
			"ip-route.txt": `default via 10.0.0.254 dev eth0\n${Array.from({ length: NODES }, (_, i) => `10.244.${i}.0/24 via 10.0.0.${i + 1} dev eth0\n`).join("")}`,
			"iptables-save.txt": rules,
		});
		for (const i of pods) {
			objects.push(
				`apiVersion: v1\nkind: Pod\nmetadata: { name: pod-${node}-${i}, namespace: default }\nspec: { nodeName: ${name} }\nstatus: { phase: Running, podIP: 10.244.${node}.${i + 2} }`,
			);
			write(folder, `nodes/${name}/netns/p${i}`, {
				"ip-address.txt": `${LO}${veth(2, "eth0", i + 10, `2e:00:00:${hex(node)}:00:${hex(i)}`, "")}    inet 10.244.${node}.${i + 2}/24 scope global eth0\n`,
				"ip-route.txt": `default via 10.244.${node}.1 dev eth0\n`,
				"iptables-save.txt": "",
			});
		}
	}
	write(folder, "kubernetes", { "all.yaml": objects.join("\n---\n") });
}

function hex(number: number): string {
	return number.toString(16).padStart(2, "0");
}

function write(folder: string, inner: string, files: Readonly<Record<string, string>>): void {
	mkdirSync(join(folder, inner), { recursive: true });
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, inner, name), text);
}

/** A node with a bridge and pods behind it, in a user namespace. */
const CROWDED = `
mount -t tmpfs none /run && mkdir /run/netns && ip link set lo up
ip link add cni0 type bridge && ip link set cni0 up && ip addr add 10.244.1.1/24 dev cni0
for i in $(seq ${NAMESPACES}); do
  ip netns add p$i && ip link add veth$i type veth peer name eth0 netns p$i && ip link set veth$i master cni0 up
  ip -n p$i link set eth0 up && ip -n p$i addr add 10.244.1.$((i + 1))/24 dev eth0
done
iptables -t nat -A POSTROUTING -s 10.244.0.0/16 -j MASQUERADE
read -r begun _ </proc/uptime
sh "$1" -K -q -n a -o "$2"
read -r ended _ </proc/uptime
echo "$begun $ended $(tar -tzf "$2" | grep -c '/.*[a-z]$')"
`;

function collectCrowded(): { readonly seconds: number; readonly files: number } {
	const folder = mkdtempSync(join(tmpdir(), "podpath-bench-"));
	try {
		const script = join(folder, "collect.sh");
		writeFileSync(script, collectScript({ version: "bench" }));
		const unshare = ["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc"];
		const { stdout, stderr, status } = spawnSync(
			"unshare",
			[...unshare, "sh", "-ec", CROWDED, "sh", script, join(folder, "s.tar.gz")],
			{ encoding: "utf8", timeout: 120_000 },
		);
		if (status !== 0) throw new Error(`no namespaces could be made and collected here: ${stderr.trim()}`);
		const [begun = 0, ended = 0, files = 0] = stdout.trim().split(" ").map(Number);
		return { seconds: Math.round((ended - begun) * 100) / 100, files };
	} finally {
		rmSync(folder, { recursive: true });
	}
}
