/** A journey that Linux made (fixtures/linux.json of compare), as a file that Wireshark opens. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CapturedFrame, Observation } from "../../src/observation.ts";
import { captureFile } from "../../src/pcapng/capture-file.ts";
import { askVxlan, observed, vxlanPlan } from "../compare/recorded-networks.ts";
import { readCaptureFile } from "./block-reader.ts";

const STARTED = 1_795_000_000_123_456_789n;
const [way] = askVxlan({ protocol: "tcp", to: "10.244.2.0:8080", sourcePort: 41020 });
if (way === undefined) throw new Error("no way");
const options = { way, startedAt: STARTED };
const file = captureFile(observed("vxlan"), vxlanPlan, options);

describe("the file", () => {
	const { application, interfaces, packets } = readCaptureFile(file);

	test("says who wrote it, and has an interface for each device with nanoseconds", () => {
		expect(application).toBe("podpath");
		expect(interfaces.map(({ name }) => name)).toEqual(
			expect.arrayContaining(["node/n1/flannel.1", "node/n1/eth0", "segment/lan/s1", "node/n2/eth0"]),
		);
		expect(new Set(interfaces.map(({ resolution }) => resolution))).toEqual(new Set([9]));
	});

	test("has every frame, in order of time, with its direction", () => {
		expect(packets).toHaveLength(observed("vxlan").frames.length);
		const times = packets.map(({ time }) => time);
		expect(times).toEqual([...times].sort((a, b) => Number(a - b)));
		expect(times[0]).toBe(STARTED);
		expect(new Set(packets.map(({ flags }) => flags))).toEqual(new Set([1, 2]));
	});

	test("says of each frame of the question which hop it is", () => {
		const comments = packets.flatMap(({ comment }) => comment ?? []);
		const inner = "syn 10.244.1.0:41020 > 10.244.2.0:8080 ttl 64";
		const outer = `vxlan 1 192.168.0.1 > 192.168.0.2 ttl 64 | ${inner}`;
		expect(comments.slice(0, 6)).toEqual([
			`forward hop 1 of 5: node/n1 flannel.1 out, ${inner}`,
			`forward hop 2 of 5: node/n1 eth0 out, ${outer}`,
			`forward hop 3 of 5: segment/lan s1 in, ${outer}`,
			`forward hop 3 of 5: segment/lan s2 out, ${outer}`,
			`forward hop 4 of 5: node/n2 eth0 in, ${outer}`,
			`forward hop 5 of 5: node/n2 flannel.1 in, ${inner}`,
		]);
		expect(comments[6]).toMatch(/^reply hop 1 of 5: node\/n2 flannel.1 out, syn-ack/);
		expect(comments).toHaveLength(12);
	});
});

/** A frame of three bytes of payload, so that padding has something to do. */
function frame(changes: Partial<CapturedFrame>): CapturedFrame {
	const bytes = Buffer.from("02000000000b02000000000a0800010203", "hex");
	return {
		time: 5,
		namespace: "n1",
		device: "eth0",
		direction: "out",
		ethernet: true,
		vlan: null,
		bytes: bytes.toString("base64"),
		length: bytes.length,
		...changes,
	};
}

const holding = (...frames: CapturedFrame[]): Observation => ({
	result: { kind: "timeout" },
	accepted: [],
	frames,
	conntrack: {},
});

describe("frames as they were on the wire", () => {
	test("a VLAN tag that the kernel kept beside the frame is put back", () => {
		const { packets } = readCaptureFile(captureFile(holding(frame({ vlan: 0x123 })), vxlanPlan, options));
		expect(Buffer.from(packets[0]?.bytes ?? []).toString("hex")).toBe("02000000000b02000000000a810001230800010203");
		expect(packets[0]?.length).toBe(21);
	});

	test("a frame that was cut off keeps its length", () => {
		const { packets } = readCaptureFile(captureFile(holding(frame({ length: 9000 })), vxlanPlan, options));
		expect(packets[0]).toMatchObject({ length: 9000, bytes: { length: 17 } });
	});

	test("a device without a link layer is of another link type", () => {
		const raw = frame({ device: "tunl0", ethernet: false });
		const { interfaces } = readCaptureFile(captureFile(holding(frame({}), raw), vxlanPlan, options));
		expect(interfaces.map(({ name, linkType }) => [name, linkType])).toEqual([
			["node/n1/eth0", 1],
			["node/n1/tunl0", 101],
		]);
	});

	test("an observation without frames is a file without packets", () => {
		expect(readCaptureFile(captureFile(holding(), vxlanPlan, options))).toMatchObject({ interfaces: [], packets: [] });
	});
});

const tshark = spawnSync("tshark", ["--version"]).status === 0;

test.skipIf(!tshark)(
	tshark ? "tshark reads the journey" : "tshark reads the journey (skipped: Debian package tshark is not installed)",
	() => {
		const folder = mkdtempSync(join(tmpdir(), "podpath-pcapng-"));
		try {
			const path = join(folder, "journey.pcapng");
			writeFileSync(path, file);
			const fields = ["frame.interface_name", "frame.time_epoch", "frame.packet_flags_direction", "tcp.dstport"];
			// Flannel's port is not the one that tshark takes for VXLAN by itself.
			const args = ["-r", path, "-d", "udp.port==8472,vxlan", "-Y", "frame.comment contains forward", "-T", "fields"];
			const shown = spawnSync(
				"tshark",
				[...args, ...[...fields, "vxlan.vni", "frame.comment"].flatMap((f) => ["-e", f])],
				{
					encoding: "utf8",
					env: { ...process.env, HOME: folder },
				},
			);
			const rows = shown.stdout
				.trimEnd()
				.split("\n")
				.map((line) => line.split("\t"));
			expect(rows.map(([name, , direction]) => `${name} ${Number(direction)}`)).toEqual([
				"node/n1/flannel.1 2",
				"node/n1/eth0 2",
				"segment/lan/s1 1",
				"segment/lan/s2 2",
				"node/n2/eth0 1",
				"node/n2/flannel.1 1",
			]);
			expect(rows[0]?.[1]).toMatch(/^1795000000\.\d{9}$/);
			expect(rows[1]?.slice(3, 5)).toEqual(["8080", "1"]);
			expect(rows[0]?.[5]).toContain("forward hop 1 of 5");
		} finally {
			rmSync(folder, { recursive: true });
		}
	},
);
