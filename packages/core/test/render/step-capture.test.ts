/** A capture at a step shows the packet of that step: its addresses are those on the device, in the step's own direction. */
import { describe, expect, it } from "vitest";
import { scenarioManifests } from "../../src/atlas/change.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { captureAtStep } from "../../src/render/step-capture.ts";
import { type Step, stepsOf } from "../../src/render/steps.ts";
import { explain } from "../../src/trace/explain.ts";
import { readAtlas } from "../support/atlas-files.ts";
import { answerOf } from "../support/scenario-answers.ts";

/** The commands at the steps of a direction on a device. */
function commandsAt(name: string, direction: Step["direction"], device: string): readonly string[] {
	const steps = stepsOf(answerOf(name));
	const there = steps.filter((step) => step.direction === direction && step.hop.device === device);
	return [...new Set(there.map((step) => captureAtStep(steps, step) ?? ""))];
}

describe("without br_netfilter an answer crosses the bridge untranslated (seed 001 L166)", () => {
	const NO_BRIDGE_NF = "flannel-vpc/001-1.2-no-bridge-nf";

	it("is captured on the bridge by its own source, in promiscuous mode", () => {
		expect(commandsAt(NO_BRIDGE_NF, "reply", "cni0")).toEqual([
			"tcpdump -nnei cni0 'tcp and host 172.23.96.24 and host 172.23.96.23 and port 80'",
		]);
	});

	it("the question's packet is captured on the same bridge before and after IPVS", () => {
		expect(commandsAt(NO_BRIDGE_NF, "forward", "cni0")).toEqual([
			"tcpdump -pnnei cni0 'tcp and host 172.23.96.23 and host 192.168.13.22 and port 80'",
			"tcpdump -pnnei cni0 'tcp and host 172.23.96.23 and host 172.23.96.24 and port 80'",
		]);
	});
});

it("an answer that comes by another card of the pod is captured there", () => {
	const [command] = commandsAt("bifrost-macvlan/service-without-masquerade", "reply", "eth0-10");
	expect(command).toBe("tcpdump -pnnei eth0-10 'tcp and host 10.0.0.13 and host 10.0.0.11 and port 80'");
	const inPods = commandsAt("bifrost-macvlan/service-without-masquerade", "reply", "eth0");
	expect(inPods.filter((each) => each.includes("pod.name=m1"))).toHaveLength(1);
});

it("a refusal by ICMP is captured by its own ends, whatever ports it tells of", () => {
	const steps = stepsOf(answerOf("flannel-vpc/001-3.1"));
	const refusals = steps.filter(({ direction, hop }) => direction === "refusal" && hop.device === "eth0");
	expect(refusals.length).toBeGreaterThan(0);
	for (const step of refusals) {
		const { src, dst } = step.hop.packet;
		expect(captureAtStep(steps, step)).toMatch(new RegExp(`'icmp and host ${src} and host ${dst}'$`));
	}
});

it("a tunnel's packet is captured by its outer header, there and back", () => {
	const steps = stepsOf(answerOf("flannel-vxlan/pod-cross"));
	const tunnelled = steps.filter(({ hop }) => hop.stage === "transmit" && hop.packet.outer !== null);
	expect(new Set(tunnelled.map(({ direction }) => direction))).toEqual(new Set(["forward", "reply"]));
	for (const step of tunnelled) {
		const { src, dst, dport } = step.hop.packet.outer ?? { src: "", dst: "" };
		expect(captureAtStep(steps, step)).toContain(`'udp port ${dport} and host ${src} and host ${dst}'`);
	}
});

/** What `captures` of an answer lists of the way there is what its steps offer. */
it("agrees with the captures of every scenario's answer", () => {
	for (const { cluster: manifests, scenarios } of readAtlas()) {
		for (const scenario of scenarios.slice(0, 3)) {
			const cluster = loadCluster(scenarioManifests(scenario, manifests));
			const { paths } = explain({ cluster, network: clusterNetwork(cluster), fromSnapshot: false }, scenario.question);
			for (const path of paths.slice(0, 2)) {
				const steps = stepsOf(path);
				const offered = new Set(
					steps.flatMap((step) => (step.direction === "forward" ? (captureAtStep(steps, step) ?? []) : [])),
				);
				const listed = path.captures.map(({ command }) => command);
				expect(listed.filter((command) => !offered.has(command))).toEqual([]);
			}
		}
	}
});
