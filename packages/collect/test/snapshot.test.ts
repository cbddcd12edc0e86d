import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { worded } from "@podpath/core";
import { packTar } from "modern-tar";
import { describe, expect, test } from "vitest";
import { readSnapshot } from "../src/snapshot.ts";
import { readArchive } from "../src/snapshot-archive.ts";
import { folderWith } from "./temporary-folder.ts";

/** Every kind of file that docs/contract.md has a place for. */
const FILES = {
	"snapshot.yaml": "kind: Snapshot",
	"kubernetes/nodes.yaml": "kind: List",
	"kubernetes/more/pods.json": "{}",
	"nodes/a/host/ip-address.json": "[]",
	"nodes/a/host/iptables-save.txt": "# nothing",
	"nodes/a/netns/17/netns.yaml": "pod: default/web",
	"nodes/a/netns/17/ip-route.txt": "",
	"nodes/b/host/ip-route.txt": "default",
	"cloud/aliyun/DescribeVpcs.json": "{}",
	"notes.txt": "lies beside the layout and is not read",
};

function shapeOf(snapshot: Awaited<ReturnType<typeof readSnapshot>>): unknown {
	return {
		manifest: snapshot.manifest?.text,
		kubernetes: snapshot.kubernetes.map(({ text }) => text),
		namespaces: snapshot.namespaces.map(({ node, netns, files }) => [node, netns, [...files.keys()]]),
		cloud: snapshot.cloud.length,
	};
}

const SHAPE = {
	manifest: "kind: Snapshot",
	kubernetes: ["{}", "kind: List"],
	namespaces: [
		["a", null, ["ip-address.json", "iptables-save.txt"]],
		["a", "17", ["ip-route.txt", "netns.yaml"]],
		["b", null, ["ip-route.txt"]],
	],
	cloud: 1,
};

/** An archive of these entries as another program could write it. */
async function archive(entries: Parameters<typeof packTar>[0]): Promise<string> {
	const path = join(folderWith({}), "s.tar.gz");
	writeFileSync(path, gzipSync(await packTar(entries)));
	return path;
}

function file(name: string, body: string): Parameters<typeof packTar>[0][number] {
	return { header: { name, size: body.length, type: "file" }, body };
}

describe("a snapshot", () => {
	test("keeps a node's file that is no text as one that could not be read, and refuses objects that are none", async () => {
		const folder = folderWith(FILES);
		writeFileSync(join(folder, "nodes/a/host/iptables-save.txt"), Uint8Array.of(0x23, 0xe4, 0x0a));
		const [host] = (await readSnapshot(folder)).namespaces;
		const damaged = host?.files.get("iptables-save.txt");
		expect(damaged?.text).toBe("");
		expect(worded(damaged?.unreadable ?? "")).toMatch(/iptables-save\.txt" is not UTF-8 \(save it as UTF-8\)$/);
		expect(worded(damaged?.unreadable ?? "", "zh")).toMatch(/iptables-save\.txt”不是 UTF-8（请另存为 UTF-8）$/);
		writeFileSync(join(folder, "kubernetes/nodes.yaml"), Uint8Array.of(0x23, 0xe4, 0x0a));
		await expect(readSnapshot(folder)).rejects.toThrow("is not UTF-8");
	});

	test("is read from a folder", async () => {
		expect(shapeOf(await readSnapshot(folderWith(FILES)))).toEqual(SHAPE);
	});

	test.each([
		["gnu", "."],
		["pax", "."],
		["ustar", "nodes snapshot.yaml kubernetes cloud"],
	])("is read from what tar --format=%s packs of %s", async (format, what) => {
		const folder = folderWith(FILES);
		const path = join(folderWith({}), "s.tar.gz");
		execFileSync("tar", ["--sort=name", `--format=${format}`, "-czf", path, "-C", folder, ...what.split(" ")]);
		const read = await readSnapshot(path);
		expect(new Set((shapeOf(read) as typeof SHAPE).namespaces.map(String))).toEqual(
			new Set(SHAPE.namespaces.map(String)),
		);
		expect(read.kubernetes[0]?.name).toContain("s.tar.gz:kubernetes/");
	});

	test("may stand in a folder of its own inside the archive, and have names longer than 100 characters", async () => {
		const node = `${"n".repeat(90)}.${"m".repeat(60)}`;
		const read = await readSnapshot(await archive([file(`snap/nodes/${node}/host/ip-route.txt`, "default")]));
		expect(read.namespaces.map((each) => each.node)).toEqual([node]);
	});

	test("may lack everything but one file", async () => {
		const read = await readSnapshot(folderWith({ "nodes/a/host/ip-route.txt": "default" }));
		expect(read.manifest).toBeNull();
		expect(read.namespaces).toHaveLength(1);
	});
});

describe("a snapshot is refused", () => {
	test("where there is none", async () => {
		await expect(readSnapshot(folderWith({ "x.txt": "" }))).rejects.toThrow(/holds no snapshot \(a snapshot has/);
		await expect(readSnapshot("/no/such")).rejects.toThrow('"/no/such" does not exist');
	});

	test("where a link leads out of the folder", async () => {
		const folder = folderWith({ "nodes/a/host/ip-route.txt": "" });
		symlinkSync("/etc/passwd", join(folder, "nodes/a/host/ip-address.txt"));
		await expect(readSnapshot(folder)).rejects.toThrow("is a link that leads out of the snapshot");
	});

	test.each(["../nodes/a/host/ip-route.txt", "/nodes/a/host/ip-route.txt", "nodes/../../x"])(
		"where the entry %s climbs out of the archive",
		async (name) => {
			await expect(readSnapshot(await archive([file(name, "x")]))).rejects.toThrow("leads out of it");
		},
	);

	test("where an entry of the archive is a link", async () => {
		const link = {
			header: { name: "nodes/a/host/ip-route.txt", size: 0, type: "symlink" as const, linkname: "/etc/passwd" },
		};
		await expect(readSnapshot(await archive([link]))).rejects.toThrow("is of type symlink, not a file");
	});

	test("where a small archive unpacks to more than the limit", async () => {
		const path = await archive([file("nodes/a/host/ip-route.txt", "0".repeat(5_000_000))]);
		await expect(readArchive(path, () => true, { bytes: 1_000_000, entries: 10 })).rejects.toThrow("more than 1 MB");
	});

	test("where it has more entries than the limit", async () => {
		const path = await archive(Array.from({ length: 5 }, (_, i) => file(`nodes/a/host/${i}.txt`, "")));
		await expect(readArchive(path, () => true, { bytes: 1_000_000, entries: 4 })).rejects.toThrow(
			"more than 4 entries",
		);
	});

	test("where the archive is cut off or damaged", async () => {
		const whole = gzipSync(await packTar([file("nodes/a/host/ip-route.txt", "x".repeat(3000))]));
		const folder = folderWith({ "cut.tar.gz": whole.subarray(0, whole.length / 2), "no.tar.gz": "hello" });
		const damaged = Buffer.from(await packTar([file("nodes/a/host/ip-route.txt", "x".repeat(3000))]));
		damaged.write("y", 3);
		writeFileSync(join(folder, "bad.tar.gz"), gzipSync(damaged));
		await expect(readSnapshot(join(folder, "cut.tar.gz"))).rejects.toThrow("no whole gzip file");
		await expect(readSnapshot(join(folder, "no.tar.gz"))).rejects.toThrow("no whole gzip file");
		await expect(readSnapshot(join(folder, "bad.tar.gz"))).rejects.toThrow("no whole tar archive");
	});
});
