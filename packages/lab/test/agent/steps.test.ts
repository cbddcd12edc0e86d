/** What a plan's steps do, and what is said when one fails. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Backend, type LabStep, openBackend } from "../../src/index.ts";
import { onEachKernel } from "../kernels-here.ts";

onEachKernel(["veth"], ({ kind }) => {
	let lab: Backend;
	beforeAll(async () => {
		lab = await openBackend({ kind, needs: new Set(["veth"]) });
		await lab.addNamespaces([{ name: "a" }, { name: "b" }]);
	});
	afterAll(() => lab?.close());

	function inA(...argv: readonly string[]): LabStep {
		return { kind: "run", namespace: "a", argv };
	}

	test("a device made in no namespace goes straight into two, and each sees its own end", async () => {
		const link = "link add eth0 netns a type veth peer name eth0 netns b\n";
		const [, a, b] = await lab.run([
			{ kind: "run", argv: ["ip", "-b", "-"], stdin: link },
			inA("ip", "-o", "link", "show", "eth0"),
			{ kind: "run", namespace: "b", argv: ["ip", "-o", "link", "show", "eth0"] },
		]);
		expect([a?.stdout, b?.stdout]).toEqual([expect.stringContaining("eth0@"), expect.stringContaining("eth0@")]);
	});

	test("the first step that fails ends the building, with its command, its namespace and what its tool said", async () => {
		const steps = [
			inA("true"),
			inA("ip", "link", "set", "nothing", "up"),
			inA("ip", "link", "add", "late", "type", "veth"),
		];
		await expect(lab.run(steps)).rejects.toThrow(
			/^ip link set nothing up in namespace a: ended with status 1: Cannot find device "nothing"$/,
		);
		await expect(lab.run([inA("ip", "link", "show", "late")])).rejects.toThrow("does not exist");
	});

	test("a program that is not installed is named", async () => {
		await expect(lab.run([inA("no-such-program")])).rejects.toThrow(
			/no program no-such-program in \/run\S*|no program no-such-program in /,
		);
	});

	test("words are words: nothing in them is read by a shell", async () => {
		const words = ["$(id)", "`id`", "; id", "a b", "*", "ü\n"];
		const [printed] = await lab.run([inA("printf", "%s|", ...words)]);
		expect(printed?.stdout).toBe(words.map((word) => `${word}|`).join(""));
	});

	test("an argument with a NUL, which would cut it short, is refused", async () => {
		await expect(lab.run([inA("echo", "a\0b")])).rejects.toThrow("NUL");
	});

	test("long input and long output arrive whole, whatever line they go over", async () => {
		const text = `${"x".repeat(99)}\n`.repeat(3_000);
		const [echoed] = await lab.run([{ kind: "run", namespace: "a", argv: ["cat"], stdin: text }]);
		expect(echoed?.stdout).toBe(text);
	});

	test("sysctls are those of the namespace", async () => {
		const settings: LabStep = { kind: "sysctl", namespace: "a", settings: [["net/ipv4/ip_forward", "1"]] };
		const read = ["cat", "/proc/sys/net/ipv4/ip_forward"];
		const [, a, b] = await lab.run([settings, inA(...read), { kind: "run", namespace: "b", argv: read }]);
		expect([a?.stdout, b?.stdout]).toEqual(["1\n", "0\n"]);
	});

	test("a sysctl that the kernel refuses is named with its value", async () => {
		const settings: LabStep = { kind: "sysctl", namespace: "a", settings: [["net/ipv4/ip_forward", "often"]] };
		await expect(lab.run([settings])).rejects.toThrow("sysctl net/ipv4/ip_forward = often: Invalid argument");
	});

	test.each(["kernel/hostname", "net/../kernel/hostname", "/etc/passwd"])(
		"%s is not a namespace's sysctl",
		async (path) => {
			await expect(lab.run([{ kind: "sysctl", namespace: "a", settings: [[path, "x"]] }])).rejects.toThrow(
				"is not a sysctl",
			);
		},
	);

	test.each(["", "../a", "a/b", "A", "a b", "a\n", "-a", "a;b", "x".repeat(33)])(
		"%j cannot be a namespace's name",
		async (name) => {
			await expect(lab.addNamespaces([{ name }])).rejects.toThrow("cannot be a namespace's name");
			await expect(lab.removeNamespaces([name])).rejects.toThrow("cannot be a namespace's name");
			await expect(lab.capture([name])).rejects.toThrow("cannot be a namespace's name");
		},
	);

	test("a namespace that the lab does not have, or has already, is named", async () => {
		await expect(lab.addNamespaces([{ name: "a" }])).rejects.toThrow("the lab has a namespace a already");
		await expect(lab.removeNamespaces(["nowhere"])).rejects.toThrow("the lab has no namespace nowhere");
		await expect(lab.run([{ kind: "run", namespace: "nowhere", argv: ["true"] }])).rejects.toThrow(
			"no namespace nowhere",
		);
	});

	test("a daemon goes on from request to request, and ends with its namespace", async () => {
		await lab.addNamespaces([{ name: "d" }]);
		const seconds = `${1_000_000 + Math.floor(Math.random() * 1_000_000)}`;
		await lab.run([{ kind: "daemon", namespace: "d", argv: ["sleep", seconds] }]);
		const list = inA("sh", "-c", "cat /proc/[0-9]*/cmdline 2>/dev/null; true");
		const running = async () => (await lab.run([list]))[0]?.stdout;
		expect(await running()).toContain(`sleep\0${seconds}`);
		await lab.removeNamespaces(["d"]);
		expect(await running()).not.toContain(seconds);
	});

	test("a daemon that ends by itself is not passed over: the next request says so, with its last words", async () => {
		await lab.run([{ kind: "daemon", namespace: "a", argv: ["sh", "-c", "echo no configuration >&2; exit 3"] }]);
		await new Promise((resolve) => setTimeout(resolve, 300));
		await expect(lab.run([inA("true")])).rejects.toThrow(
			"sh in namespace a ended by itself with status 3: no configuration",
		);
	});

	test("frames that no probe sent can be had too", async () => {
		const up =
			"link set eth0 up\naddr add 192.0.2.1/24 dev eth0\nneigh add 192.0.2.2 lladdr 02:00:00:00:00:01 dev eth0\n";
		await lab.run([
			{ kind: "run", namespace: "a", argv: ["ip", "-b", "-"], stdin: up },
			{ kind: "run", namespace: "b", argv: ["ip", "link", "set", "eth0", "up"] },
		]);
		await lab.capture(["a", "b"]);
		const datagram = "import socket; socket.socket(2, 2).sendto(b'hello', ('192.0.2.2', 9))";
		await lab.run([inA("python3", "-c", datagram)]);
		const frames = (await lab.drain()).filter(({ bytes }) => Buffer.from(bytes, "base64").includes("hello"));
		expect(frames.map(({ namespace, direction }) => `${namespace} ${direction}`)).toEqual(["a out", "b in"]);
	});
});
