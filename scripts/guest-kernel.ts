/**
 * Debian's kernel for the lab's virtual machines: fetched and unpacked, not installed, so that nobody's machine boots another kernel for it.
 * Only what a network needs of it is kept.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findGuestKernel, unpackedKernelFolder } from "../packages/lab/src/backends/guest-kernel.ts";

const METAPACKAGE = "linux-image-amd64";
const FOLDERS = ["net", "lib", "crypto", "fs/9p", "fs/netfs", "fs/fscache", "drivers/virtio", "drivers/char"];
const DRIVERS = ["*.ko", "vxlan", "ipvlan"];
const MEMBERS = [
	"./boot/vmlinuz-*",
	"./lib/modules/*/modules.*",
	...FOLDERS.map((folder) => `./lib/modules/*/kernel/${folder}`),
	...DRIVERS.map((driver) => `./lib/modules/*/kernel/drivers/net/${driver}`),
];

/** Sees to it that a virtual machine finds a kernel. Returns why it does not, in a line; undefined when it does. */
export function provideGuestKernel(): string | undefined {
	if (findGuestKernel() !== undefined) return undefined;
	const name = packageName();
	if (name === undefined) return `apt knows no ${METAPACKAGE}`;
	const folder = mkdtempSync(join(tmpdir(), "podpath-kernel-"));
	try {
		console.log(`unpacking ${name} for the lab's virtual machines into ${unpackedKernelFolder()}`);
		if (!succeeds("apt-get", ["-qq", "download", name], folder)) return `${name} cannot be downloaded`;
		const [file] = readdirSync(folder);
		return file === undefined ? `${name} cannot be downloaded` : unpack(join(folder, file), name);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function unpack(file: string, name: string): string | undefined {
	const target = unpackedKernelFolder();
	mkdirSync(target, { recursive: true });
	// Which of these folders there are changes from kernel to kernel; whether it is enough is looked at below.
	const script =
		'dpkg-deb --fsys-tarfile "$1" | { shift; tar -x --wildcards --no-wildcards-match-slash "$@" 2>/dev/null || true; }';
	if (!succeeds("/bin/sh", ["-c", script, "sh", file, ...MEMBERS], target)) return `${name} cannot be unpacked`;
	const release = name.replace(/^linux-image-/, "");
	if (!succeeds("/sbin/depmod", ["-b", target, release], target)) return `depmod failed for ${release}`;
	return findGuestKernel() === undefined ? `${name} is not complete in ${target}` : undefined;
}

/** The package that the newest kernel is in: `linux-image-6.1.0-56-amd64`. */
function packageName(): string | undefined {
	const said = spawnSync("apt-cache", ["show", METAPACKAGE], { encoding: "utf8" }).stdout ?? "";
	return /^Depends:.*?\b(linux-image-[\w.+-]+)/m.exec(said)?.[1];
}

function succeeds(command: string, args: readonly string[], cwd: string): boolean {
	return spawnSync(command, args, { cwd, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
}
