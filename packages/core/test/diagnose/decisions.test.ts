/** What a finding calls the end of a way: the code says whom to ask, so a firewall is no missing route. */
import { describe, expect, test } from "vitest";
import { loadCluster } from "../../src/cluster/load.ts";
import { codeOf } from "../../src/diagnose/decisions.ts";
import { diagnose } from "../../src/diagnose/diagnose.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { questionOf } from "../../src/trace/question.ts";
import { readDocument } from "../support/atlas-files.ts";

describe("the end of a way", () => {
	test.each([
		["a security group drops it", "sg-dropped", "dropped", "blocked-by-cloud"],
		["the cloud checks whose the source is", "source-dest-check", "dropped", "blocked-by-cloud"],
		["a load balancer's access list", "lb-acl", "dropped", "blocked-by-cloud"],
		// ip-sysctl.rst: ip_forward, rp_filter, route_localnet.
		["ip_forward is 0", "not-forwarding", "dropped", "dropped-by-kernel"],
		["rp_filter", "reverse-path", "dropped", "dropped-by-kernel"],
		["RFC 1122 3.2.1.3: 127/8 from outside", "loopback-source", "dropped", "dropped-by-kernel"],
		["RFC 1191: DF is set", "too-big", "dropped", "too-large"],
		["RFC 791: time to live", "ttl", "loop", "goes-in-circles"],
		["a Service of IPVS without endpoints", "ipvs-no-server", "refused", "no-server"],
		["a listener without members", "lb-no-backend", "refused", "no-server"],
		["nobody describes what comes then", "outside", "exits", "leaves-the-input"],
		["no route leads there", "no-route", "unreachable", "no-way"],
		["nobody answers ARP", "no-answer", "unreachable", "no-way"],
		["what cannot be evaluated is never called a missing way", "no-answer", "unknown", "not-decided"],
	] as const)("%s: %s", (_, reason, outcome, code) => {
		expect(codeOf(reason, undefined, outcome)).toBe(code);
	});

	test("a packet to the Internet is not lost: it leaves what the input describes", () => {
		const cluster = loadCluster([{ name: "cluster.yaml", text: readDocument("atlas/flannel-vpc/cluster.yaml") }]);
		const subject = { cluster, network: clusterNetwork(cluster), fromSnapshot: false };
		const question = questionOf({
			from: "pod/default/centos-67756b6dc8-rmmxt",
			to: "203.0.113.10:443",
			protocol: "tcp",
		});
		const { verdict, findings } = diagnose(subject, question);
		expect(verdict).toBe("exits");
		expect(findings.map(({ code, severity }) => [code, severity])).toContainEqual(["leaves-the-input", "warning"]);
		expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
	});
});
