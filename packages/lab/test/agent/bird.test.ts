/** A routing daemon as a lab has it: two BIRDs tell each other a route, and it is in the kernel. */
import { expect, test, vi } from "vitest";
import { type LabStep, openBackend } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";

onEachKernel(["veth", "bird"], ({ kind }) => {
	test("BIRD runs as a daemon in each of two namespaces, and a route of one is the other's", async () => {
		const lab = await openBackend({ kind, needs: new Set(["veth", "bird"]) });
		try {
			await lab.addNamespaces([{ name: "n1" }, { name: "n2" }]);
			await lab.run([
				{
					kind: "run",
					argv: ["ip", "-b", "-"],
					stdin: "link add eth0 index 11 netns n1 type veth peer name eth0 index 12 netns n2\n",
				},
				...[1, 2].flatMap((own) => router(own, 3 - own)),
			]);
			// Talking to BIRD wakes it: it else sends its first routes up to three seconds after a session stands.
			const wake = [1, 2].map((own) => inNode(own, "birdc", "-s", socketOf(own), "show", "status"));
			const show = inNode(2, "ip", "route", "show", "proto", "bird");
			const routes = async () => (await lab.run([...wake, show])).at(-1)?.stdout ?? "";
			await vi.waitFor(async () => expect(await routes()).toMatch(/^10\.0\.1\.0\/24 via 192\.0\.2\.1 dev eth0/), {
				timeout: 10_000,
				interval: 100,
			});
		} finally {
			await lab.close();
		}
	});
});

function socketOf(own: number): string {
	return `/run/bird-${own}.ctl`;
}

function router(own: number, other: number): readonly LabStep[] {
	const configuration = `router id 192.0.2.${own};
protocol device { }
protocol direct { ipv4; interface "eth0"; }
protocol static { ipv4; route 10.0.${own}.0/24 blackhole; }
protocol kernel { ipv4 { export where source = RTS_BGP; }; }
protocol bgp { local 192.0.2.${own} as 64512; neighbor 192.0.2.${other} as 64512; connect delay time 1; ipv4 { import all; export where source = RTS_STATIC; next hop self; }; }
`;
	const file = `/run/bird-${own}.conf`;
	return [
		inNode(own, "ip", "addr", "add", `192.0.2.${own}/24`, "dev", "eth0"),
		inNode(own, "ip", "link", "set", "eth0", "up"),
		{ kind: "run", argv: ["tee", file], stdin: configuration },
		{ kind: "daemon", namespace: `n${own}`, argv: ["bird", "-f", "-c", file, "-s", socketOf(own)] },
	];
}

function inNode(node: number, ...argv: readonly string[]): LabStep {
	return { kind: "run", namespace: `n${node}`, argv };
}
