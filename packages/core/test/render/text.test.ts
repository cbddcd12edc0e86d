import { describe, expect, test } from "vitest";
import { renderLinks } from "../../src/render/links.ts";
import { renderText } from "../../src/render/text.ts";
import { BALANCED, CLUSTER_IP, HOSTILE_NAMES, hostile, REFUSED, VXLAN } from "../support/explanations.ts";

const plain = { color: false } as const;

/** The colour sequences of select graphic rendition (ECMA-48, 8.3.117). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const COLOUR = /\u001b\[[0-9;]*m/g;

describe("the text of an answer", () => {
	test("begins with the verdict and what decided it", () => {
		expect(renderText(CLUSTER_IP, plain).split("\n")[0]).toBe(
			"delivered: Delivered to port 80 of 172.23.96.163 (at pod/default/nginx1-76c99b49df-7plsr)",
		);
		expect(renderText(REFUSED, plain)).toMatch(
			/^refused: IPVS 8\.219\.164\.113:80 has no destination: connection refused/,
		);
	});

	test("has the data link on one line as seed 001 writes it (L160), with names in place of numbers, however narrow", () => {
		const way =
			"pod/default/centos-67756b6dc8-rmmxt eth0 → node/ap-southeast-1.10.0.0.180 vethd7e7c6fd → cni0 → eth0 → vpc/vpc-1 → " +
			"node/ap-southeast-1.10.0.1.206 eth0 → cni0 → veth63b17421 → pod/default/nginx1-76c99b49df-7plsr eth0";
		expect(renderText(CLUSTER_IP, plain)).toContain(`\nforward  ${way}\n`);
		expect(renderText(CLUSTER_IP, { ...plain, width: 80 })).toContain(`\nforward  ${way}\n`);
		expect(renderLinks(CLUSTER_IP)).toContain(`delivered forward: ${way}\n`);
	});

	test("fits one screen for a path over two nodes", () => {
		expect(renderText(CLUSTER_IP, plain).split("\n").length).toBeLessThanOrEqual(60);
	});

	test("marks where a header changes, and says by whose hand", () => {
		const text = renderText(CLUSTER_IP, plain);
		expect(text).toMatch(/ipvs +cni0 +\* dst 172\.23\.96\.163:80 +IPVS .*\[kube-proxy, service\/default\/nginx1\]/);
		expect(text).toMatch(/ipvs +cni0 +\* src 192\.168\.13\.23:80 +Answer of IPVS/);
		expect(text.match(/^ {4}\w+ .*\* /gm)).toHaveLength(2);
	});

	test("shows what is wrapped round a packet, and when it is gone", () => {
		const text = renderText(VXLAN, plain);
		expect(text).toContain("* vxlan 1 10.0.0.1 > 10.0.0.2");
		expect(text).toContain("* unwrapped");
	});

	test("leaves out stages without effect, and says so; -v shows every one of them", () => {
		expect(renderText(CLUSTER_IP, plain)).toContain("6 stages without effect not shown");
		expect(renderText(CLUSTER_IP, plain)).not.toContain("Passed prerouting");
		expect(renderText(CLUSTER_IP, { ...plain, verbose: true })).toContain("Passed prerouting");
	});

	test("tells rewrites, conntrack, addresses and captures", () => {
		const text = renderText(CLUSTER_IP, plain);
		expect(text).toContain("dnat 192.168.13.23:80 → 172.23.96.163:80 [kube-proxy, service/default/nginx1]");
		expect(text).toContain("172.23.96.23:40000 > 192.168.13.23:80, reply 172.23.96.163:80 > 172.23.96.23:40000");
		// Seed 001 L163, and the bridge as IPVS has it (docs/measurements.md, K1).
		expect(text).toContain(
			"pod/default/centos-67756b6dc8-rmmxt eth0; node/ap-southeast-1.10.0.0.180 vethd7e7c6fd, cni0",
		);
		expect(text).toContain("kept: the server sees 172.23.96.23");
		expect(text).toContain("node/ap-southeast-1.10.0.0.180 eth0: 172.23.96.23 > 172.23.96.163");
		expect(text).toContain("tcpdump -pnnei eth0 'tcp and host 172.23.96.23 and host 172.23.96.163 and port 80'");
	});

	test("shows how a refusal comes back, and findings with a fix", () => {
		const text = renderText(REFUSED, plain);
		expect(text).toContain("\nrefusal  node/ap-southeast-1.10.0.0.180 cni0 → vethd7e7c6fd → ");
		expect(text).toContain("Refusal  icmp 3/3 8.219.164.113 > 172.23.96.23");
		expect(text).toContain("fix: set externalTrafficPolicy: Cluster");
	});

	test("gives each of several paths its share, and shows those of one structure once", () => {
		const text = renderText(BALANCED, plain);
		// By a node without the pod twice (seed 001 L336, Link 1), by the pod's own node once (L338, Link 2).
		expect(text).toContain("\nPath 1 of 2, 67 %, 2 paths alike of which the first is shown: delivered\n");
		expect(text).toContain("\nPath 2 of 2, 33 %: delivered\n");
		expect(text).toMatch(/^delivered: all 3 paths\n/);
		expect(renderText(BALANCED, { ...plain, verbose: true }).match(/^Path \d of 3, 33 %: /gm)).toHaveLength(3);
	});

	test("shows many paths of one structure once, with all their data links", () => {
		const [path] = CLUSTER_IP.paths;
		if (path === undefined) throw new Error("the sample has a path");
		const paths = Array.from({ length: 20 }, () => ({ ...path, weight: 1 / 20 }));
		const text = renderText({ ...CLUSTER_IP, paths }, plain);
		expect(text.match(/^Forward/gm)).toHaveLength(1);
		expect(text.match(/^or 5 %/gm)).toHaveLength(8);
		expect(text).toContain("and 11 more alike");
	});

	test("breaks the last column to the terminal's width, and nothing but the data link and commands is wider", () => {
		const wide = renderText(CLUSTER_IP, { ...plain, width: 100 })
			.split("\n")
			.filter((line) => [...line].length > 100);
		expect(wide.filter((line) => !/^(forward|reply)|tcpdump/.test(line))).toEqual([]);
	});

	test("is the same with colours as without", () => {
		const coloured = renderText(CLUSTER_IP, { color: true });
		expect(coloured).toMatch(COLOUR);
		expect(coloured.replace(COLOUR, "")).toBe(renderText(CLUSTER_IP, plain));
	});

	test.each(HOSTILE_NAMES)("a terminal obeys nothing in %j", (name) => {
		for (const text of [renderText(hostile(name), plain), renderLinks(hostile(name))]) {
			// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
			expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
		}
		const lines = renderText(hostile(name), { ...plain, verbose: true }).split("\n").length;
		expect(lines).toBe(renderText(hostile("pod/default/harmless"), { ...plain, verbose: true }).split("\n").length);
	});
});
