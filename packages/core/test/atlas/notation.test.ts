import { describe, expect, test } from "vitest";
import {
	formatHeader,
	formatJudgements,
	formatLinks,
	formatNat,
	formatTuples,
	matchesPattern,
	NotationError,
	parseHeader,
	parseJudgement,
	parseLinks,
	parseNat,
	parseTuple,
	parseWeight,
} from "../../src/atlas/notation.ts";

describe("links", () => {
	test("a place and its devices, in order", () => {
		expect(parseLinks("node/a veth* cni0")).toEqual([
			{ at: "node/a", device: "veth*" },
			{ at: "node/a", device: "cni0" },
		]);
	});

	test("a place alone is a fabric device that is one thing", () => {
		expect(parseLinks("vpc/vpc-1")).toEqual([{ at: "vpc/vpc-1", device: null }]);
	});

	test("are written on one line, each place once", () => {
		const links = ["pod/default/a eth0", "node/a veth1 cni0 eth0", "vpc/v", "vpc/w"].flatMap(parseLinks);
		expect(formatLinks(links)).toBe("pod/default/a eth0 > node/a veth1 cni0 eth0 > vpc/v > vpc/w");
	});

	test("a device without a place is refused", () => {
		expect(() => parseLinks("eth0")).toThrow(NotationError);
	});
});

describe("patterns", () => {
	test.each([
		["veth*", "vethd7e7c6fd", true],
		["veth*", "eth0", false],
		["172.23.96.23:*", "172.23.96.23:40000", true],
		["172.23.96.23:*", "172x23.96.23:40000", false],
		["*", "", true],
		["eth0", "eth0", true],
	])("%s on %s: %s", (pattern, text, matches) => {
		expect(matchesPattern(pattern, text)).toBe(matches);
	});
});

describe("security groups", () => {
	test.each(["eni-1:ingress:new deny sg-1", "eni-1:egress:established allow", "eni-1:egress", "eni-1"])(
		"%s reads and writes the same",
		(line) => {
			expect(formatJudgements([parseJudgement(line)])).toBe(line);
		},
	);

	test.each(["eni-1:in", "eni-1:ingress:old", "eni-1:ingress:new maybe", "eni-1 allow"])("%s is refused", (line) => {
		expect(() => parseJudgement(line)).toThrow(NotationError);
	});
});

describe("address translation", () => {
	test("reads and writes the same", () => {
		const line = "node/a masquerade 172.23.96.23:* > 10.0.0.180:*";
		expect(formatNat([parseNat(line)])).toBe(line);
	});

	test("another kind is refused", () => {
		expect(() => parseNat("node/a nat 10.0.0.1:80 > 10.0.0.2:80")).toThrow(NotationError);
	});
});

describe("connection tracking entries", () => {
	test("are the two directions of `conntrack -L`, with what is of interest", () => {
		const line = "src=10.0.0.1 dst=10.0.0.2 dport=80 src=10.1.0.2 dst=10.0.0.1 sport=8080";
		expect(formatTuples([parseTuple(line)])).toBe(line);
	});

	test.each(["src=10.0.0.1 dst=10.0.0.2", "dst=10.0.0.1", "src=1 src=2 src=3", "src=1 dst=2 dst=3 src=4", "mark=0"])(
		"%s is refused",
		(line) => {
			expect(() => parseTuple(line)).toThrow(NotationError);
		},
	);
});

describe("headers", () => {
	test.each([
		"172.23.96.23 > 192.168.13.23:80",
		"icmp 3/3 8.219.164.113 > 172.23.96.23",
		"vxlan 1 10.9.0.1 > 10.9.0.2 | 10.244.1.11 > 10.244.2.22:80",
		"ipip 10.9.0.1 > 10.9.0.2 | 10.244.1.11 > 10.244.2.22:80",
		"[fd00::1]:40000 > [fd00::2]:80",
	])("%s reads and writes the same", (line) => {
		expect(formatHeader(parseHeader("node/a eth0", line))).toBe(line);
	});

	test("stand at one device", () => {
		expect(() => parseHeader("node/a", "10.0.0.1 > 10.0.0.2")).toThrow(NotationError);
		expect(() => parseHeader("node/a eth0 cni0", "10.0.0.1 > 10.0.0.2")).toThrow(NotationError);
	});
});

describe("shares", () => {
	test("are fractions or numbers", () => {
		expect(parseWeight("1/4")).toBe(0.25);
		expect(parseWeight(1)).toBe(1);
	});

	test.each(["0", "2", "1/0", "half", "-1"])("%s is refused", (text) => {
		expect(() => parseWeight(text)).toThrow(NotationError);
	});
});
