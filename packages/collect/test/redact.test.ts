/** A redacted snapshot shows packets the same ways, under other names. */
import { explain, parseAddress, type Snapshot, snapshotNetwork } from "@podpath/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redact } from "../src/collect/redact.ts";
import { AddressRedactor } from "../src/collect/redact-addresses.ts";

const key = new Uint8Array(32).fill(7);

function common(a: string, b: string): number {
	const [one, two] = [parseAddress(a)?.words ?? [], parseAddress(b)?.words ?? []];
	let bits = 0;
	for (const [i, word] of one.entries()) {
		const left = Math.clz32((word ^ (two[i] ?? 0)) >>> 0);
		bits += left;
		if (left < 32) break;
	}
	return bits;
}

describe("addresses", () => {
	const redactor = new AddressRedactor(key);
	const v4 = fc.ipV4();
	test("keep as many bits in common as they had (prefix-preserving)", () => {
		fc.assert(
			fc.property(v4, v4, (a, b) => {
				expect(common(redactor.text(a), redactor.text(b))).toBe(common(a, b));
			}),
		);
	});

	test.each([
		"10.1.2.3",
		"192.168.0.1",
		"172.16.9.9",
		"100.64.1.1",
		"127.0.0.1",
		"224.0.0.1",
		"fd00::1",
		"fe80::1",
		"::1",
		"2001:db8::5",
	])("that are nobody's own stay: %s", (text) => {
		expect(redactor.text(text)).toBe(text);
	});

	test("that are public become other public ones, in prefixes, with ports and in brackets", () => {
		const text = redactor.text(
			"-A X -s 8.8.4.0/22 -d 172.217.1.5/32 --to-destination 8.8.4.4:53 [2400:3200::1]:80 v1.8.9 00:16:3e:01:02:03",
		);
		expect(text).toMatch(
			/^-A X -s \d[\d.]+\.0\/22 -d 172\.\d[\d.]+\/32 --to-destination [\d.]+:53 \[2[\da-f:]+\]:80 v1\.8\.9 00:16:3e:01:02:03$/,
		);
		expect(text).not.toMatch(/8\.8\.4|217\.1\.5|2400:3200/);
		expect(Number(/-d 172\.(\d+)/.exec(text)?.[1])).not.toBeOneOf([
			16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
		]);
	});
});

const FILES = new Map([
	[
		"kubernetes/all.yaml",
		`apiVersion: podpath.dev/v1alpha1
kind: Segment
metadata: { name: lan }
spec: { cidrs: [47.100.1.0/24], gateways: [47.100.1.254] }
---
apiVersion: v1
kind: Node
metadata: { name: shop-master.example }
status: { addresses: [{ type: InternalIP, address: 47.100.1.10 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: checkout-7d9f, namespace: payments, labels: { app: checkout } }
spec: { nodeName: shop-master.example, containers: [{ name: c, ports: [{ containerPort: 8080 }] }] }
status: { phase: Running, podIP: 10.244.1.7 }
---
apiVersion: v1
kind: Service
metadata: { name: checkout, namespace: payments }
spec: { clusterIP: 10.96.0.20, externalIPs: [47.100.1.99], selector: { app: checkout }, ports: [{ port: 80, targetPort: 8080 }] }
`,
	],
	[
		"nodes/shop-master.example/host/ip-address.txt",
		`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0
    inet 127.0.0.1/8 scope host lo
2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500
    link/ether 00:16:3e:01:02:03 brd ff:ff:ff:ff:ff:ff promiscuity 0
    inet 47.100.1.10/24 brd 47.100.1.255 scope global eth0
7: veth1@if2: <BROADCAST,UP,LOWER_UP> mtu 1500
    link/ether 1e:16:3e:01:02:03 brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0
    veth
`,
	],
	[
		"nodes/shop-master.example/host/ip-route.txt",
		"default via 47.100.1.254 dev eth0\n47.100.1.0/24 dev eth0 proto kernel scope link src 47.100.1.10\n10.244.1.7 dev veth1 scope link\n",
	],
	[
		"nodes/shop-master.example/host/iptables-save.txt",
		`*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SVC-X - [0:0]
-A PREROUTING -d 47.100.1.99/32 -p tcp -m comment --comment "payments/checkout external IP" -m tcp --dport 80 -j KUBE-SVC-X
-A KUBE-SVC-X -p tcp -m comment --comment payments/checkout -j DNAT --to-destination 10.244.1.7:8080
COMMIT
`,
	],
	["nodes/shop-master.example/netns/p/netns.yaml", "pod: payments/checkout-7d9f\n"],
	[
		"nodes/shop-master.example/netns/p/ip-address.txt",
		`2: eth0@if7: <BROADCAST,UP,LOWER_UP> mtu 1500
    link/ether 2e:16:3e:01:02:03 brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0
    veth
    inet 10.244.1.7/32 scope global eth0
`,
	],
	["nodes/shop-master.example/netns/p/ip-route.txt", "default via 47.100.1.10 dev eth0 onlink\n"],
]);

function snapshotOf(files: ReadonlyMap<string, string>): Snapshot {
	const file = (name: string, text: string): { name: string; text: string } => ({ name, text });
	const namespaces = Map.groupBy(
		[...files].filter(([inner]) => inner.startsWith("nodes/")),
		([inner]) => inner.slice(0, inner.lastIndexOf("/")),
	);
	return {
		manifest: null,
		cloud: [],
		kubernetes: [...files]
			.filter(([inner]) => inner.startsWith("kubernetes/"))
			.map(([inner, text]) => file(inner, text)),
		namespaces: [...namespaces].map(([folder, own]) => {
			const [, node = "", , netns = null] = folder.split("/");
			return {
				node,
				netns,
				files: new Map(own.map(([inner, text]) => [inner.slice(folder.length + 1), file(inner, text)])),
			};
		}),
	};
}

describe("a redacted snapshot", () => {
	const { files, text } = redact(FILES, key);

	test("holds none of the names and public addresses", () => {
		const all = [...files].flat().join("\n");
		expect(all).not.toMatch(/shop|payments|checkout|47\.100\.1\./);
		expect(all).toContain("10.244.1.7");
	});

	test.each([
		["internet/8.8.8.8", "47.100.1.99:80"],
		["node/shop-master.example", "pod/payments/checkout-7d9f:8080"],
		["pod/payments/checkout-7d9f", "8.8.8.8:53"],
	])("explains %s to %s as the original does", (from, to) => {
		const ask = (of: ReadonlyMap<string, string>, words: (text: string) => string): unknown => {
			const subject = { ...snapshotNetwork(snapshotOf(of)), fromSnapshot: true };
			const at = from.startsWith("internet/") ? { at: words("node/shop-master.example:eth0") } : {};
			const start = words(from.replace("internet/", ""));
			return explain(subject, { from: start, to: words(to), protocol: "tcp", ...at });
		};
		expect(ask(files, text)).toEqual(JSON.parse(text(JSON.stringify(ask(FILES, (same) => same)))));
	});
});
