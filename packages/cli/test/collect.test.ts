/** `podpath collect`: flags, what it writes, and namespaces that somebody made by hand. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BUILT, podpath } from "./run-cli.ts";

const folder = mkdtempSync(join(tmpdir(), "podpath-test-"));

describe("flags that do not go together are refused in one line", () => {
	test.each([
		[[], "nothing says what to collect from"],
		[["--local", "--ssh", "a"], "--local and --ssh do not go together"],
		[["--local"], "there is nowhere to write to"],
		[["--local", "-o", folder, "--netns", "a=b"], '"a=b" does not say whose a namespace is'],
		[["--ssh", "-oProxyCommand=x", "-o", join(folder, "x")], '"-oProxyCommand=x" names no host'],
		[["--ssh", "a", "--node", "b", "-o", join(folder, "x")], "--node goes with --local alone"],
		[["--local", "--node", "../a", "-o", join(folder, "x")], "cannot be a node's name"],
		[["--local", "-o", join(folder, "no", "such", "x.tar.gz")], "does not exist"],
		[["--from", join(folder, "none.tar.gz"), "-o", join(folder, "x")], "does not exist"],
	])("%j", async (args, message) => {
		const { status, stderr } = await podpath(["collect", ...args]);
		expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
		expect(stderr).toContain(message);
	});

	test("and a folder that holds something is not written into", async () => {
		const full = mkdtempSync(join(tmpdir(), "podpath-test-"));
		writeFileSync(join(full, "mine"), "");
		const { status, stderr } = await podpath(["collect", "--local", "-o", full]);
		expect([status, stderr]).toEqual([2, expect.stringContaining("is not empty")]);
	});
});

describe("the script", () => {
	test("is POSIX shell, which every shell here can read", async () => {
		const { stdout } = await podpath(["collect", "--print-script"]);
		for (const shell of ["dash", "bash", "busybox sh"]) {
			const [program = "", ...args] = shell.split(" ");
			const { status, stderr, error } = spawnSync(program, [...args, "-n"], { input: stdout, encoding: "utf8" });
			if (error === undefined) expect([shell, status, stderr]).toEqual([shell, 0, ""]);
		}
	});

	test("asks for nothing that is secret", async () => {
		const { stdout } = await podpath(["collect", "--print-script"]);
		expect(stdout).not.toMatch(/\bask (secrets|configmaps)\b|environ\b|cmdline|\.env\b|\.args\b|\.command\b/);
		expect(stdout.match(/config_map \S+ \S+ &/g)?.length).toBeGreaterThan(3);
	});
});

const unshare = ["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc"];
const canUnshare = spawnSync("unshare", [...unshare, "true"]).status === 0;
const why = canUnshare ? "" : ": this machine allows no unprivileged namespaces";

/** Two nodes and a pod made by hand, on a machine that is neither: a switch between the nodes, no fault anywhere. */
const BY_HAND = `
mount -t tmpfs none /run && mkdir /run/netns && ip link set lo up
for name in node-a node-b pod sw; do ip netns add $name; ip -n $name link set lo up; done
ip -n sw link add br0 type bridge && ip -n sw link set br0 up
for node in a b; do
  ip link add eth0 netns node-$node type veth peer name to-$node netns sw
  ip -n sw link set to-$node master br0 up
  ip -n node-$node link set eth0 up
done
ip -n node-a addr add 10.0.0.1/24 dev eth0
ip -n node-b addr add 10.0.0.2/24 dev eth0
ip link add eth0 netns pod type veth peer name vpod netns node-b
ip -n pod link set eth0 up; ip -n pod addr add 10.244.2.9/24 dev eth0; ip -n pod route add default via 10.244.2.1
ip -n node-b link set vpod up; ip -n node-b addr add 10.244.2.1/24 dev vpod
ip -n node-a route add 10.244.2.0/24 via 10.0.0.2
for node in a b; do ip netns exec node-$node sysctl -qw net.ipv4.ip_forward=1; done
`;

const OBJECTS = `
apiVersion: v1
kind: Node
metadata: { name: a }
status: { addresses: [{ type: InternalIP, address: 10.0.0.1 }] }
---
apiVersion: v1
kind: Node
metadata: { name: b }
status: { addresses: [{ type: InternalIP, address: 10.0.0.2 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: default }
spec: { nodeName: b, containers: [{ name: web, ports: [{ containerPort: 80 }] }] }
status: { phase: Running, podIP: 10.244.2.9 }
`;

/** Runs shell text in a user namespace of its own, and podpath after it. */
function inNamespaces(text: string): { readonly status: number | null; readonly stderr: string } {
	return spawnSync("unshare", [...unshare, "sh", "-ec", text], { encoding: "utf8", timeout: 60_000 });
}

describe.skipIf(!canUnshare)(`namespaces made by ip netns${why}`, () => {
	const collect = `"${process.execPath}" "${BUILT}" collect --local`;

	test("are a snapshot in which objects tell whose each is", async () => {
		const out = join(folder, "by-hand");
		const { status, stderr } = inNamespaces(`${BY_HAND}\n${collect} -o ${out}`);
		expect([status, stderr]).toEqual([0, expect.stringContaining("5 namespaces")]);
		expect(readdirSync(join(out, "nodes", readdirSync(join(out, "nodes"))[0] ?? "", "netns")).sort()).toEqual([
			"node-a",
			"node-b",
			"pod",
			"sw",
		]);
		expect(statSync(out).mode & 0o777).toBe(0o700);
		expect(statSync(join(out, "snapshot.yaml")).mode & 0o777).toBe(0o600);
		const objects = join(folder, "objects.yaml");
		writeFileSync(objects, OBJECTS);
		const { stdout } = await podpath([
			"explain",
			"node/a",
			"pod/default/web:80",
			"--snapshot",
			out,
			"-f",
			objects,
			"-o",
			"json",
		]);
		const { verdict, paths } = JSON.parse(stdout) as { verdict: string; paths: { forward: { links: unknown } }[] };
		expect(verdict).toBe("delivered");
		const machine = readdirSync(join(out, "nodes"))[0];
		expect(paths[0]?.forward.links).toEqual([
			{ at: "node/a", device: "eth0" },
			{ at: `netns/${machine}/sw`, device: "to-a" },
			{ at: `netns/${machine}/sw`, device: "br0" },
			{ at: `netns/${machine}/sw`, device: "to-b" },
			{ at: "node/b", device: "eth0" },
			{ at: "node/b", device: "vpod" },
			{ at: "pod/default/web", device: "eth0" },
		]);
	});

	test("and --netns where nothing else does", async () => {
		const out = join(folder, "named.tar.gz");
		const named = "--node x --netns node/a=node-a --netns node/b=node-b --netns pod/default/web=pod";
		expect(inNamespaces(`${BY_HAND}\n${collect} ${named} -o ${out}`).status).toBe(0);
		const { stdout, stderr } = await podpath([
			"explain",
			"10.0.0.1",
			"10.244.2.9:80",
			"--at",
			"node/a",
			"--snapshot",
			out,
		]);
		expect([stdout.split("\n")[0], stderr]).toEqual([expect.stringMatching(/^delivered/), ""]);
	});

	test("each collected from its own side, joined into one, with every namespace once", async () => {
		const [a, b, both, cluster] = ["side-a.tar.gz", "side-b.tar.gz", "sides", "sides.yaml"].map((each) =>
			join(folder, each),
		);
		writeFileSync(cluster ?? "", OBJECTS);
		const { status, stderr } = inNamespaces(
			`${BY_HAND}
ip netns exec node-a ${collect} -o "${a}" --node a
ip netns exec node-b ${collect} -o "${b}" --node b`,
		);
		expect([status, stderr]).toEqual([0, expect.anything()]);
		expect(await podpath(["collect", "--from", a ?? "", "--from", b ?? "", "-o", both ?? ""])).toMatchObject({
			status: 0,
			stderr: expect.stringContaining("1 machine,"),
		});
		// node-b's own is there as it was seen from node-a, and still is called what its own side calls it.
		expect(readFileSync(join(both ?? "", "nodes/a/netns/node-b/netns.yaml"), "utf8")).toMatch(/^machine: "b"$/m);
		const asked = ["explain", "node/a", "pod/default/web", "--snapshot", both ?? "", "-f", cluster ?? ""];
		expect((await podpath(asked)).stdout.split("\n")[0]).toMatch(/^delivered/);
	});

	test("a fault that was put in is met", async () => {
		const out = join(folder, "fault.tar.gz");
		const fault = "ip netns exec node-b iptables -A FORWARD -d 10.244.2.9 -p tcp --dport 80 -j DROP";
		expect(inNamespaces(`${BY_HAND}\n${fault}\n${collect} -o ${out}`).status).toBe(0);
		const objects = join(folder, "objects.yaml");
		writeFileSync(objects, OBJECTS);
		const { stdout, status } = await podpath([
			"explain",
			"node/a",
			"pod/default/web:80",
			"--snapshot",
			out,
			"-f",
			objects,
		]);
		expect([status, stdout.split("\n")[0]]).toEqual([1, expect.stringMatching(/^dropped: .*filter FORWARD.*node\/b/)]);
	});

	test("an interrupt leaves a snapshot that says it is not whole, and nothing running", () => {
		const out = join(folder, "partial");
		const slow = `mkdir /run/bin && printf '#!/bin/sh\\n>/run/started\\nexec sleep 77\\n' >/run/bin/bridge && chmod +x /run/bin/bridge
PATH=/run/bin:$PATH ${collect} -o ${out} & pid=$!
n=0; until [ -e /run/started ] || [ $n -gt 300 ]; do sleep 0.1; n=$((n + 1)); done; sleep 1; kill -INT $pid; wait $pid; echo status $? >&2
if grep -lx sleep /proc/[0-9]*/comm; then echo left >&2; fi`;
		const { stderr } = inNamespaces(
			`mount -t tmpfs none /run; ip link set lo up; ${slow.replaceAll("; wait", "; set +e; wait")}`,
		);
		expect(stderr).toContain("status 130");
		expect(stderr).not.toContain("left");
		expect(readFileSync(join(out, "snapshot.yaml"), "utf8")).toMatch(
			/complete: false[\s\S]*"part":"bridge-fdb","reason":"interrupted"/,
		);
		expect(existsSync(join(out, "nodes"))).toBe(true);
	});
});

test("archives that the script wrote become one snapshot; two machines of one name do not", async () => {
	const { stdout } = await podpath(["collect", "--print-script"]);
	// Not told which machine they are of, as on systems that hide it.
	const script = stdout.replaceAll("/proc/sys/kernel/random/boot_id", "/dev/null");
	const archives = ["a", "b"].map((node) => join(folder, `${node}.tar.gz`));
	for (const [i, path] of archives.entries()) {
		const { status } = spawnSync("sh", ["-s", "--", "-K", "-q", "-n", `n${i}`, "-o", path], { input: script });
		expect(status).toBe(0);
	}
	const [a = "", b = ""] = archives;
	const whole = join(folder, "whole.tar.gz");
	expect((await podpath(["collect", "--from", a, "--from", b, "-o", whole])).status).toBe(0);
	const { status, stderr } = await podpath(["collect", "--from", a, "--from", a, "-o", join(folder, "twice")]);
	expect([status, stderr]).toEqual([1, expect.stringContaining("another machine is called n0 too")]);
	const redacted = join(folder, "redacted");
	expect((await podpath(["collect", "--from", whole, "--redact", "-o", redacted])).status).toBe(0);
	expect(readdirSync(join(redacted, "nodes")).sort()).toEqual(["node-1", "node-2"]);
}, 60_000);
