/**
 * QEMU with a distribution's kernel: slower than User-Mode Linux, and the one with everything (nftables together with VLANs, say). Its root is
 * the host's, read-only, over 9p; it runs as an ordinary user, with the processor in software unless KVM is at hand.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { phrase } from "@podpath/core";
import type { LaunchOptions } from "./agent-process.ts";
import { contained, guestAgent, requestFile, requireFiles, startGuest } from "./guest.ts";
import { findGuestKernel, firstModules, type GuestKernel } from "./guest-kernel.ts";
import { initramfs } from "./initramfs.ts";
import type { Kernel, Running } from "./kernel.ts";
import { LabError } from "./lab-error.ts";

const EMULATOR = "/usr/bin/qemu-system-x86_64";
const BUSYBOX = "/bin/busybox";
const PROGRAMS = [
	{ path: EMULATOR, comes: "Debian package qemu-system-x86" },
	{ path: BUSYBOX, comes: "Debian package busybox-static" },
	{ path: "/usr/bin/python3", comes: "Debian package python3" },
	{ path: "/sbin/modprobe", comes: "Debian package kmod" },
];
const MEMORY = "512M";
/** In software a program takes a tenth of a second to start, and the kernel some five seconds. */
const START_LIMIT_MS = 300_000;
const REQUEST_LIMIT_MS = 300_000;
/** The port has flow control; long requests are only faster by a file. */
const LONGEST_ON_THE_LINE = 16_000;
/** The first port of the first virtio device. */
const LINE = "/dev/vport0p1";

export const QEMU: Kernel = {
	kind: "qemu",
	ownModules: true,
	identity: () => [findGuestKernel()?.image ?? ""],
	files: [EMULATOR, BUSYBOX],
	start,
};

async function start(options: LaunchOptions): Promise<Running> {
	requireFiles(PROGRAMS);
	const kernel = findGuestKernel();
	if (kernel === undefined)
		throw new LabError(
			phrase("lab-no-guest-kernel", { packages: "linux-image-amd64", command: "npm run lab:packages" }),
		);
	return startGuest((folder) => {
		writeFileSync(initramfsFile(folder), firstRoot(kernel, folder));
		return {
			argv: contained(commandLine(kernel, folder)),
			env: { HOME: folder, TMPDIR: folder },
			line: "serial",
			longRequests: { file: requestFile(folder), above: LONGEST_ON_THE_LINE },
			startLimitMs: START_LIMIT_MS,
			requestLimitMs: REQUEST_LIMIT_MS,
			fatal: /Kernel panic.*(?=\r?\n)/,
		};
	}, options);
}

function initramfsFile(folder: string): string {
	return join(folder, "initramfs.cpio");
}

function commandLine({ image }: GuestKernel, folder: string): readonly string[] {
	// The second is for where the first cannot be had.
	const accelerators = hasVirtualization() ? ["-accel", "kvm", "-accel", "tcg"] : ["-accel", "tcg"];
	const machine = ["-M", "pc", ...accelerators, "-cpu", "max", "-m", MEMORY];
	const nothingElse = ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"];
	const forbidden = ["obsolete", "elevateprivileges", "spawn", "resourcecontrol"].map((what) => `,${what}=deny`);
	const boot = ["-kernel", image, "-initrd", initramfsFile(folder)];
	const parameters = ["console=ttyS0", "quiet", "loglevel=1", "panic=-1"];
	return [
		...[EMULATOR, ...machine, ...nothingElse, "-sandbox", `on${forbidden.join("")}`, ...boot],
		...["-append", parameters.join(" "), "-serial", "stdio"],
		...["-device", "virtio-serial-pci", "-chardev", "socket,id=line,fd=3"],
		...["-device", "virtserialport,chardev=line,nr=1"],
		...[...shared("/", "host"), ...shared(folder, "lab")],
	];
}

function shared(path: string, tag: string): readonly string[] {
	const options = `local,id=${tag},path=${path},security_model=none,readonly=on,multidevs=remap`;
	return ["-fsdev", options, "-device", `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`];
}

/** What the machine has before the host's files are there: enough to mount them and to start the agent. */
function firstRoot(kernel: GuestKernel, folder: string): Buffer {
	const busybox = readFileSync(BUSYBOX);
	if (busybox.includes("/lib64/ld-linux-x86-64.so"))
		throw new LabError(phrase("lab-needs-static", { path: BUSYBOX, packages: "busybox-static" }));
	const modules = (firstModules(kernel) ?? []).map((file, index) => ({
		path: `${index}.ko`,
		data: readFileSync(file),
	}));
	const agent = guestAgent(folder, { line: LINE, modules: kernel.modules, iptables: "default" });
	return initramfs([
		{ kind: "folder", path: "root" },
		{ kind: "folder", path: "dev" },
		{ kind: "file", path: "busybox", data: busybox },
		...modules.map((module) => ({ kind: "file" as const, ...module })),
		{
			kind: "file",
			path: "init",
			data: Buffer.from(
				initScript(
					modules.map(({ path }) => path),
					folder,
					agent,
				),
			),
		},
	]);
}

/** The host's files do not change while the lab stands; the requests do. */
function initScript(modules: readonly string[], folder: string, agent: readonly string[]): string {
	const share = "trans=virtio,version=9p2000.L,msize=512000";
	return `#!/busybox sh
for module in ${modules.join(" ")}; do /busybox insmod /$module; done
/busybox mount -t 9p -o ro,${share},cache=loose host /root
/busybox mount -t devtmpfs dev /root/dev
/busybox mount -t 9p -o ro,${share},cache=none lab /root${folder}
exec /busybox switch_root /root ${agent.join(" ")}
`;
}

/** Intel's and AMD's; others that offer /dev/kvm were seen to hang. */
function hasVirtualization(): boolean {
	return /^flags\s*:.* (vmx|svm)( |$)/m.test(readFileSync("/proc/cpuinfo", "utf8"));
}
