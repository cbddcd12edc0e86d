/** What is called a cause, and what is not. Faults are changes to the dumps of a healthy cluster's machines. */
import { describe, expect, it } from "vitest";
import { type FileChange, rereadNetwork } from "../../src/atlas/reread.ts";
import { loadCluster } from "../../src/cluster/load.ts";
import { diagnose, diagnoseAgainst } from "../../src/diagnose/diagnose.ts";
import type { Diagnosis } from "../../src/diagnose/finding.ts";
import { diffPaths } from "../../src/diagnose/path-diff.ts";
import { survey } from "../../src/diagnose/survey.ts";
import { clusterNetwork } from "../../src/modes/network.ts";
import { diagnosisSchema, pathDiffSchema } from "../../src/render/diagnosis-schema.ts";
import { renderDiagnosis } from "../../src/render/diagnosis-text.ts";
import { questionOf } from "../../src/trace/question.ts";
import type { Subject } from "../../src/trace/subject.ts";
import { readDocument } from "../support/atlas-files.ts";

const cluster = loadCluster([{ name: "cluster.yaml", text: readDocument("atlas/flannel-vxlan/cluster.yaml") }]);
const expected = clusterNetwork(cluster);
const POD_TO_POD = questionOf({ from: "pod/default/client", to: "pod/default/web:80", protocol: "tcp" });

/** By place and file: what is done to the text. */
type Edits = Readonly<Record<string, (text: string) => string>>;

function snapshotWith(edits: Edits): Subject {
	const change: FileChange = (place, files) =>
		new Map([...files].map(([name, text]) => [name, edits[`${place} ${name}`]?.(text) ?? text]));
	return { cluster, network: rereadNetwork(clusterNetwork(cluster), change), fromSnapshot: true };
}

function diagnosed(edits: Edits): Diagnosis {
	return diagnoseAgainst(expected, snapshotWith(edits), POD_TO_POD);
}

function without(...texts: readonly string[]): (text: string) => string {
	return (text) => {
		const lines = text.split("\n");
		return lines.filter((line) => !texts.some((each) => line.includes(each))).join("\n");
	};
}

const serious = ({ findings }: Diagnosis) => findings.filter(({ severity }) => severity !== "info");

describe("a cause", () => {
	it("is an entry that helps when it is put back, with evidence, owner, fix and what confirms it", () => {
		const [finding, ...others] = serious(diagnosed({ "node/n1 ip-route.txt": without("10.244.2.0/24 via") }));
		expect(finding).toMatchObject({
			code: "route-missing",
			severity: "error",
			at: "node/n1",
			owner: "flannel",
			expected: { text: "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink" },
			fix: "ip route replace 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink",
			fixKind: "command",
			confirm: "ip route show table main 10.244.2.0/24",
			proof: "with it put right the packet is delivered",
		});
		expect(others).toEqual([]);
	});

	it("quotes where an entry was read that should not be there", () => {
		const drop = "-A FORWARD -d 10.244.2.22/32 -j DROP";
		const [finding] = serious(
			diagnosed({
				"node/n1 iptables-save.txt": (text) => text.replace("-A FORWARD", `${drop}\n-A FORWARD`),
			}),
		);
		expect(finding).toMatchObject({ code: "iptables-rule-unexpected", actual: { text: `filter: ${drop}` } });
		expect(finding?.actual?.source).toMatchObject({ file: "node/n1/iptables-save.txt" });
	});

	it("names the file that lacks an entry, and the line of a setting and of a chain's policy", () => {
		const first = (edits: Edits) => serious(diagnosed(edits))[0];
		expect(first({ "node/n1 ip-route.txt": without("10.244.2.0/24 via") })?.lookedIn).toBe("node/n1/ip-route.txt");
		const forwarding = "net.ipv4.ip_forward = ";
		const off = first({ "node/n2 sysctl.txt": (text) => text.replace(`${forwarding}1`, `${forwarding}0`) });
		expect(off).toMatchObject({ code: "sysctl-wrong", owner: "administrator" });
		expect(off?.actual?.source).toEqual({ file: "node/n2/sysctl.txt", line: expect.any(Number) });
		const dropped = first({
			"node/n1 iptables-save.txt": (text) =>
				without("flanneld forward", "kubernetes forwarding rules")(text).replace(":FORWARD ACCEPT", ":FORWARD DROP"),
		});
		expect(dropped).toMatchObject({ code: "chain-policy-wrong", owner: "administrator" });
		expect(dropped?.actual?.source?.file).toBe("node/n1/iptables-save.txt");
	});

	it("has a fix that runs as one command in a pod's namespace", () => {
		const wrong = (text: string): string => text.replace("inet 10.244.2.22/24", "inet 10.244.2.22/32");
		const { findings } = diagnosed({ "pod/default/web ip-address.txt": wrong });
		expect(findings.find(({ code }) => code === "address-wrong")?.fix).toMatch(
			/^nsenter -t PID -n sh -c 'ip address del .* && ip address add .*' {3}# PID: /,
		);
	});

	it("whose remedy is no command is told as an action, and not set like one", () => {
		const diagnosis = diagnosed({ "node/n1 ip-address.txt": without("flannel.1", "10.244.1.0/32", "vxlan id") });
		const missing = diagnosis.findings.find(({ code }) => code === "link-missing");
		// A daemon that makes a node's devices does so when it starts; no tool of iproute2 knows all that it sets.
		expect(missing).toMatchObject({ fix: "restart flannel at node/n1: it makes the device again", fixKind: "action" });
		const GREEN = "\u001b[32m";
		const painted = renderDiagnosis(diagnosis, { color: true });
		expect(painted).toContain("restart flannel");
		expect(painted).not.toContain(`${GREEN}restart`);
		const route = diagnosed({ "node/n1 ip-route.txt": without("10.244.2.0/24 via") });
		expect(renderDiagnosis(route, { color: true })).toContain(`${GREEN}ip route replace 10.244.2.0/24`);
	});

	it("is several entries where only all of them together help", () => {
		const both = serious(
			diagnosed({
				"node/n1 ip-route.txt": without("10.244.2.0/24 via"),
				"node/n2 ip-route.txt": without("10.244.1.0/24 via"),
			}),
		);
		expect(both.map(({ code, at }) => `${code} ${at}`)).toEqual(["route-missing node/n1", "route-missing node/n2"]);
	});

	it("is the device, not the routes that the kernel took away with it", () => {
		const found = serious(
			diagnosed({
				"node/n1 ip-address.txt": (text) =>
					text.replace(/(flannel\.1: <[^>]*),UP,LOWER_UP>(.*) state UP/, "$1>$2 state DOWN"),
				"node/n1 ip-route.txt": without("dev flannel.1"),
			}),
		);
		expect(found.map(({ code }) => code)).toEqual(["link-down"]);
	});
});

describe("a neighbour that the kernel learned", () => {
	it("is a cause where its MAC is nobody's", () => {
		const found = serious(
			diagnosed({
				"node/n1 ip-neigh.txt": (text) => `${text}10.9.0.2 dev eth0 lladdr 02:00:00:00:00:05 STALE\n`,
			}),
		);
		expect(found.map(({ code, at }) => `${code} ${at}`)).toEqual(["neighbour-unexpected node/n1"]);
	});
});

describe("no cause", () => {
	it("is a rule that changes nothing for the packet: it is noted", () => {
		const { verdict, findings } = diagnosed({
			"node/n1 iptables-save.txt": (text) =>
				text.replace("-A FORWARD", "-A FORWARD -s 192.0.2.0/24 -j DROP\n-A FORWARD"),
			"node/n2 ip-route.txt": (text) => `192.0.2.0/24 via 10.9.0.254 dev eth0\n${text}`,
		});
		expect(verdict).toBe("delivered");
		expect(findings.map(({ code, severity }) => `${severity} ${code}`).sort()).toEqual([
			"info iptables-rule-unexpected",
			"info route-unexpected",
		]);
	});

	it("is what a kernel draws by itself: MACs, indexes, learned neighbours, counters", () => {
		const { findings } = diagnosed({
			"node/n1 ip-neigh.txt": (text) => `${text}10.9.0.50 dev eth0 lladdr 02:00:00:00:00:05 STALE\n`,
			"node/n1 ip-address.txt": (text) => text.replace(/^(\d+): /gm, (_, index: string) => `${Number(index) + 40}: `),
			"node/n1 iptables-save.txt": (text) => text.replaceAll("[0:0]", "[17:1020]"),
			"pod/default/client ip-address.txt": (text) => text.replace(/link\/ether \S+/, "link/ether 02:00:00:00:00:77"),
		});
		expect(findings).toEqual([]);
	});

	it("is a part that the snapshot does not hold", () => {
		const subject = snapshotWith({});
		const change: FileChange = (place, files) =>
			new Map([...files].filter(([name]) => place !== "node/n1" || name !== "bridge-fdb.txt"));
		const network = rereadNetwork(clusterNetwork(cluster), change);
		expect(
			diagnoseAgainst(expected, { ...subject, network }, POD_TO_POD).findings.map(({ code }) => code),
		).not.toContain("fdb-missing");
	});
});

describe("manifests alone", () => {
	it("say what in them is in the way", () => {
		const changed = loadCluster([
			{
				name: "cluster.yaml",
				text: readDocument("atlas/flannel-vxlan/cluster.yaml").replaceAll(
					"labels: { app: web }",
					"labels: { app: other }",
				),
			},
		]);
		const subject = { cluster: changed, network: clusterNetwork(changed), fromSnapshot: false };
		const question = questionOf({ from: "pod/default/client", to: "service/default/web:80", protocol: "tcp" });
		const { verdict, findings } = diagnose(subject, question);
		expect(verdict).toBe("refused");
		expect(findings[0]).toMatchObject({ code: "service-no-endpoints", severity: "error" });
	});
});

describe("the whole cluster", () => {
	function surveyed(subject: Subject): Diagnosis {
		const asking = survey(subject);
		for (let step = asking.next(); ; step = asking.next()) if (step.done === true) return step.value;
	}

	it("is asked nothing where nothing differs", () => {
		expect(surveyed(snapshotWith({}))).toMatchObject({ findings: [], asked: { questions: 0, interrupted: false } });
	});

	it("gives each cause once, with a question that it decides", () => {
		const { findings } = surveyed(
			snapshotWith({
				"node/n1 bridge-fdb.txt": without("dst 10.9.0.2"),
				"node/n2 sysctl.txt": (text) => text.replace("net.ipv4.ip_forward = 1", "net.ipv4.ip_forward = 0"),
			}),
		);
		const causes = findings.filter(({ severity }) => severity === "error");
		expect(causes.map(({ code, at }) => `${code} ${at}`).sort()).toEqual([
			"fdb-missing node/n1",
			"sysctl-wrong node/n2",
		]);
		expect(causes.every(({ question }) => question !== undefined)).toBe(true);
	});

	it("can be stopped, and tells what was found until then", () => {
		const asking = survey(snapshotWith({ "node/n1 bridge-fdb.txt": without("dst 10.9.0.2") }));
		const first = asking.next();
		if (first.done === true) throw new Error("nothing was asked");
		expect(first.value.soFar().asked?.interrupted).toBe(true);
	});
});

describe("answers", () => {
	it("fit the published schemas", () => {
		const diagnosis = diagnosed({ "node/n1 ip-route.txt": without("10.244.2.0/24 via") });
		expect(diagnosisSchema.parse(diagnosis)).toEqual(diagnosis);
		const diff = diffPaths(snapshotWith({}), snapshotWith({ "node/n1 bridge-fdb.txt": without("dst 10.9.0.2") }));
		expect(pathDiffSchema.parse(diff)).toEqual(diff);
	});

	it("name the cause in the first lines of the text", () => {
		const text = renderDiagnosis(diagnosed({ "node/n1 ip-route.txt": without("10.244.2.0/24 via") }), { color: false });
		expect(text.split("\n")[0]).toContain("exits, and should be delivered; one cause found");
		expect(text.split("\n")[2]).toMatch(/^error node\/n1 lacks the route "10\.244\.2\.0\/24 .*\[route-missing\]$/);
	});
});

describe("paths of two states", () => {
	it("have not changed where only what no packet meets differs", () => {
		const after = snapshotWith({ "node/n1 ip-route.txt": (text) => `192.0.2.0/24 via 10.9.0.254 dev eth0\n${text}` });
		expect(diffPaths(snapshotWith({}), after).changes).toEqual([]);
	});

	it("have changed where a verdict, a translation, a device or the client's address is another", () => {
		const after = snapshotWith({ "node/n1 bridge-fdb.txt": without("dst 10.9.0.2") });
		const { changes } = diffPaths(snapshotWith({}), after);
		const change = changes.find(({ question: { from, to } }) => from === POD_TO_POD.from && to === "pod/default/web");
		expect(change).toMatchObject({ before: { verdict: "delivered" }, after: { verdict: "dropped" } });
		expect(change?.changed).toContain("verdict");
	});
});
