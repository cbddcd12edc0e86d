/** What a virtual machine starts with. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { firstModules } from "../../src/backends/guest-kernel.ts";
import { initramfs } from "../../src/backends/initramfs.ts";

const folder = mkdtempSync(join(tmpdir(), "podpath-guest-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
	mkdirSync(dirname(join(folder, path)), { recursive: true });
	writeFileSync(join(folder, path), text);
}

const hasCpio = spawnSync("/bin/busybox", ["cpio", "--help"]).status === 0;

describe.skipIf(!hasCpio)(`the first root${hasCpio ? "" : ": there is no busybox with cpio"}`, () => {
	test("is what cpio unpacks: folders, and files that can be run", () => {
		const data = Buffer.from("#!/busybox sh\n");
		const archive = initramfs([
			{ kind: "folder", path: "root" },
			{ kind: "file", path: "init", data },
			{ kind: "file", path: "root/odd", data: Buffer.from("12345") },
		]);
		const cwd = join(folder, "unpacked");
		mkdirSync(cwd);
		const { status, stdout } = spawnSync("/bin/busybox", ["cpio", "-idv"], { cwd, input: archive, encoding: "utf8" });
		expect({ status, names: stdout.trim().split("\n") }).toEqual({ status: 0, names: ["root", "init", "root/odd"] });
		expect(readFileSync(join(cwd, "init"))).toEqual(data);
		expect(readFileSync(join(cwd, "root/odd"), "utf8")).toBe("12345");
	});
});

describe("modules that come before the root", () => {
	const kernel = { release: "6.1.0", image: "", modules: join(folder, "modules") };
	const names = (files: readonly string[] | undefined): readonly string[] | undefined =>
		files?.map((file) => file.slice(file.lastIndexOf("/") + 1));
	// As depmod wrote it for Debian's 6.1.0-56-amd64.
	const dependencies = [
		"kernel/fs/9p/9p.ko: kernel/net/9p/9pnet.ko kernel/fs/netfs/netfs.ko",
		"kernel/net/9p/9pnet.ko:",
		"kernel/fs/netfs/netfs.ko:",
		"kernel/drivers/virtio/virtio_pci.ko: kernel/drivers/virtio/virtio.ko kernel/drivers/virtio/virtio_ring.ko",
		"kernel/drivers/char/virtio_console.ko: kernel/drivers/virtio/virtio.ko kernel/drivers/virtio/virtio_ring.ko",
		"kernel/net/9p/9pnet_virtio.ko: kernel/net/9p/9pnet.ko kernel/drivers/virtio/virtio.ko kernel/drivers/virtio/virtio_ring.ko",
	];

	test("each comes once, after those that it needs", () => {
		write("modules/6.1.0/modules.dep", `${dependencies.join("\n")}\n`);
		expect(names(firstModules(kernel))).toEqual([
			...["virtio_ring.ko", "virtio.ko", "virtio_pci.ko", "9pnet.ko", "9pnet_virtio.ko"],
			...["netfs.ko", "9p.ko", "virtio_console.ko"],
		]);
	});

	test("those that are built in need not come", () => {
		write("modules/6.1.0/modules.builtin", "kernel/drivers/char/virtio_console.ko\n");
		write("modules/6.1.0/modules.dep", `${dependencies.filter((line) => !line.includes("console")).join("\n")}\n`);
		expect(names(firstModules(kernel))?.at(-1)).toBe("9p.ko");
	});

	test("a kernel without one of them will not do, nor one whose modules are compressed", () => {
		write("modules/6.1.0/modules.dep", `${dependencies.filter((line) => !line.includes("/9p.ko")).join("\n")}\n`);
		expect(firstModules(kernel)).toBeUndefined();
		write("modules/6.1.0/modules.dep", `${dependencies.join("\n").replaceAll(".ko", ".ko.xz")}\n`);
		expect(firstModules(kernel)).toBeUndefined();
	});
});
