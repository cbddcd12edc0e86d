/**
 * Debian packages that the tests of the lab and of the page use. As root on a machine with apt they are installed; otherwise what is missing is
 * said, and the tests that need it are skipped by name.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { provideGuestKernel } from "./guest-kernel.ts";

/** Each with a file that only it brings. */
const PACKAGES: Readonly<Record<string, string>> = {
	iproute2: "/usr/sbin/tc",
	iptables: "/usr/sbin/xtables-nft-multi",
	nftables: "/usr/sbin/nft",
	ipset: "/usr/sbin/ipset",
	ipvsadm: "/usr/sbin/ipvsadm",
	conntrack: "/usr/sbin/conntrack",
	kmod: "/usr/bin/kmod",
	procps: "/usr/sbin/sysctl",
	python3: "/usr/bin/python3",
	"util-linux": "/usr/bin/unshare",
	"user-mode-linux": "/usr/bin/linux.uml",
	bird2: "/usr/sbin/bird",
	"qemu-system-x86": "/usr/bin/qemu-system-x86_64",
	"busybox-static": "/usr/bin/busybox",
	chromium: "/usr/bin/chromium",
};

function isThere(file: string): boolean {
	return existsSync(file) || existsSync(file.replace("/usr/", "/"));
}

function missing(): readonly string[] {
	return Object.entries(PACKAGES)
		.filter(([, file]) => !isThere(file))
		.map(([name]) => name);
}

function apt(...args: readonly string[]): boolean {
	const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
	return spawnSync("apt-get", ["-qq", ...args], { stdio: ["ignore", "ignore", "inherit"], env }).status === 0;
}

const wanted = missing();
if (wanted.length > 0 && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
	console.log(`installing for the tests of the lab and the page: ${wanted.join(" ")}`);
	apt("update");
	apt("install", "--yes", "--no-install-recommends", ...wanted);
}
const left = missing();
if (left.length > 0) {
	console.log(`tests will be skipped where they need these Debian packages: ${left.join(" ")}`);
	console.log(`  sudo apt-get install ${left.join(" ")}`);
}
if (isThere(PACKAGES["qemu-system-x86"] ?? "") && existsSync("/usr/bin/apt-get")) {
	const why = provideGuestKernel();
	if (why !== undefined) console.log(`the lab has no virtual machines: ${why}`);
}
