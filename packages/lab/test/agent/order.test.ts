/** Frames with one and the same time: a device in another namespace than its parent keeps the parent's. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Backend, openBackend } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";

onEachKernel(["veth", "macvlan"], ({ kind }) => {
	let lab: Backend;
	beforeAll(async () => {
		lab = await openBackend({ kind, needs: new Set(["veth", "macvlan"]) });
		await lab.addNamespaces(["n1", "n2", "p"].map((name) => ({ name })));
		const batch = (namespace: string, lines: string) =>
			({ kind: "run", namespace, argv: ["ip", "-b", "-"], stdin: lines }) as const;
		await lab.run([
			batch(
				"n1",
				"link add eth0 type veth peer name eth0 netns n2\naddr add 192.0.2.1/24 dev eth0\nlink set eth0 up\n",
			),
			batch("n2", "link set eth0 up\nlink add link eth0 name eth1 netns p type macvlan mode bridge\n"),
			batch("p", "addr add 192.0.2.3/24 dev eth1\nlink set eth1 up\n"),
		]);
	});
	afterAll(() => lab?.close());

	test("a macvlan's frame is after its parent's, as often as it is looked at", async () => {
		await lab.capture(["n1", "n2", "p"]);
		const probe = { namespace: "n1", protocol: "icmp", destination: "192.0.2.3", timeoutMs: 2_000 } as const;
		await lab.probe(probe);
		for (const { result, frames } of await lab.probes(Array.from({ length: 50 }, () => probe))) {
			expect(result.kind).toBe("answered");
			const coming = frames.filter(({ length }) => length === 14 + 20 + 8 + 8).slice(0, 3);
			expect(coming.map(({ namespace, device }) => `${namespace}/${device}`)).toEqual(["n1/eth0", "n2/eth0", "p/eth1"]);
		}
	});
});
