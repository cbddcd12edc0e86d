/** Archives that were made to do harm, or broke on the way: each is refused in one line, before anything of it is used. */
import { execFileSync } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { describe, expect, test } from "vitest";
import { merge } from "../src/collect/merge.ts";
import { readSnapshot } from "../src/snapshot.ts";
import { folderWith } from "./temporary-folder.ts";

const ROUTES = "nodes/a/host/ip-route.txt";
type Entry = Parameters<typeof packTar>[0][number];

function file(name: string, body = "default"): Entry {
	return { header: { name, size: Buffer.byteLength(body), type: "file" }, body };
}

async function refusal(entries: readonly Entry[]): Promise<string> {
	return refusalOf(gzipSync(await packTar([...entries])));
}

async function refusalOf(bytes: Buffer): Promise<string> {
	const path = join(folderWith({}), "s.tar.gz");
	writeFileSync(path, bytes);
	const message = await readSnapshot(path).then(
		() => "it was read",
		(error: unknown) => String(error),
	);
	expect(message.split("\n")).toHaveLength(1);
	return message;
}

describe("an archive is refused", () => {
	test.each(["link", "symlink", "character-device", "block-device", "fifo"] as const)(
		"whose entry is a %s",
		async (type) => {
			const entry = { header: { name: ROUTES, size: 0, type, linkname: "/etc/passwd" } };
			expect(await refusal([entry])).toContain(`is of type ${type}, not a file`);
		},
	);

	test("that holds a file twice, also by another spelling of its path", async () => {
		expect(await refusal([file(ROUTES), file(ROUTES)])).toContain("is in it twice");
		expect(await refusal([file(ROUTES), file(`./nodes//a/./host/ip-route.txt`)])).toContain("is in it twice");
	});

	test.each(["gnu", "pax"])("with a sparse file, as tar --sparse --format=%s packs it", async (format) => {
		const folder = folderWith({ [ROUTES]: "" });
		truncateSync(join(folder, ROUTES), 2 ** 20);
		const path = join(folderWith({}), "s.tar.gz");
		execFileSync("tar", ["--sparse", `--format=${format}`, "-czf", path, "-C", folder, "nodes"]);
		await expect(readSnapshot(path)).rejects.toThrow(/sparse file.*\(pack it without tar's --sparse\)/);
	});

	test("with a name that is not UTF-8", async () => {
		const tar = Buffer.from(await packTar([file("nodes/\u00e9/host/ip-route.txt")]));
		const latin1 = Buffer.from(tar);
		// One byte for the two of the UTF-8 letter, and the header's checksum (ustar: the sum of its bytes) to fit.
		latin1.write("nodes/\u00e9x/host/ip-route.txt", "latin1");
		latin1.fill(" ", 148, 156);
		const sum = latin1.subarray(0, 512).reduce((a, b) => a + b, 0);
		latin1.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
		expect(await refusalOf(gzipSync(latin1))).toContain("is not UTF-8");
	});

	test("that is a bomb: some 600 KB that unpack to 600 MB", async () => {
		const zeros = Buffer.alloc(2 ** 20);
		// gzip's members may follow each other (RFC 1952, 2.2).
		const bomb = Buffer.concat(Array.from({ length: 600 }, () => gzipSync(zeros)));
		const before = process.memoryUsage().rss;
		expect(await refusalOf(bomb)).toMatch(/it holds more than \d+ MB/);
		expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
	});

	test("that ends early, wherever", async () => {
		const whole = gzipSync(await packTar([file(ROUTES, "x".repeat(5000)), file("nodes/b/host/ip-route.txt")]));
		for (const length of [0, 1, 9, 10, 20, whole.length - 20, whole.length - 9, whole.length - 1]) {
			expect([length, await refusalOf(whole.subarray(0, length))]).toEqual([
				length,
				expect.stringContaining("no whole"),
			]);
		}
	});
});

describe("archives of several machines", () => {
	const whole = async (node: string): Promise<Buffer> =>
		gzipSync(await packTar([file("snapshot.yaml", "complete: true"), file(`nodes/${node}/host/ip-route.txt`)]));

	test("one that broke on its way is a named gap, and the others are there", async () => {
		const [a, b] = [await whole("a"), await whole("b")];
		const archives = [
			{ name: "host-a", archive: a.subarray(0, a.length / 2), receivedAt: 0 },
			{ name: "host-b", archive: b, receivedAt: 0 },
		];
		const { files, missing, complete } = await merge(archives, [], new Date(0), true);
		expect([...files.keys()].sort()).toEqual(["nodes/b/host/ip-route.txt", "snapshot.yaml"]);
		expect(missing).toEqual([expect.objectContaining({ host: "host-a", reason: "failed" })]);
		expect(complete).toBe(false);
		await expect(merge(archives, [], new Date(0), false)).rejects.toThrow("no whole gzip file");
	});
});
