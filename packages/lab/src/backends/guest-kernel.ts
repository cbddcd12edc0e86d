/** A distribution's kernel on disk, for a virtual machine: where it is, and which of its modules come first. */
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

export interface GuestKernel {
	/** `uname -r`. */
	readonly release: string;
	readonly image: string;
	/** The folder of modules, one folder a release. */
	readonly modules: string;
}

/** What the machine needs before its root is there: 9p over virtio, and the port by which the agent talks. */
const FIRST_MODULES = ["virtio_pci", "9pnet_virtio", "9p", "virtio_console"];

/**
 * Where a kernel is kept that was only unpacked, not installed: nobody's machine shall boot another kernel for a lab's sake. Root's is
 * where everybody can read it, since the guest does not run as root.
 */
export function unpackedKernelFolder(): string {
	if (process.getuid?.() === 0) return "/var/cache/podpath/kernel";
	const base = process.env.XDG_CACHE_HOME;
	return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), ".cache"), "podpath", "kernel");
}

/** The newest kernel here whose image and modules can be read; undefined when there is none. */
export function findGuestKernel(): GuestKernel | undefined {
	for (const root of [unpackedKernelFolder(), "/var/cache/podpath/kernel", "/"]) {
		const modules = join(root, "lib/modules");
		if (!existsSync(modules)) continue;
		const releases = readdirSync(modules).sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
		for (const release of releases) {
			const kernel = { release, image: join(root, "boot", `vmlinuz-${release}`), modules };
			if (isReadable(kernel.image) && firstModules(kernel) !== undefined) return kernel;
		}
	}
	return undefined;
}

/** The files of the modules that come first, each after those that it needs; undefined when this kernel has not all of them. */
export function firstModules({ modules, release }: GuestKernel): readonly string[] | undefined {
	const folder = join(modules, release);
	if (!isReadable(join(folder, "modules.dep"))) return undefined;
	const needs = readDependencies(readFileSync(join(folder, "modules.dep"), "utf8"));
	const builtIn = new Set(readLines(join(folder, "modules.builtin")).map(moduleName));
	const ordered = new Set<string>();
	for (const name of FIRST_MODULES.filter((each) => !builtIn.has(each))) {
		const module = needs.get(name);
		// insmod reads no compressed modules.
		if (module === undefined || !module.file.endsWith(".ko")) return undefined;
		// modules.dep names the nearest need first, and all of them.
		for (const file of [...module.needs].reverse()) ordered.add(file);
		ordered.add(module.file);
	}
	return [...ordered].map((file) => join(folder, file));
}

interface Module {
	readonly file: string;
	readonly needs: readonly string[];
}

/** `modules.dep` (modules.dep(5)): `kernel/fs/9p/9p.ko: kernel/net/9p/9pnet.ko …`, by the module's name. */
function readDependencies(text: string): ReadonlyMap<string, Module> {
	const found = new Map<string, Module>();
	for (const line of text.split("\n")) {
		const [file = "", needs = ""] = line.split(":");
		if (file !== "") found.set(moduleName(file), { file, needs: needs.split(" ").filter((need) => need !== "") });
	}
	return found;
}

function moduleName(file: string): string {
	return file.slice(file.lastIndexOf("/") + 1).replace(/\.ko(\..*)?$/, "");
}

function readLines(file: string): readonly string[] {
	return isReadable(file) ? readFileSync(file, "utf8").split("\n") : [];
}

function isReadable(file: string): boolean {
	try {
		accessSync(file, constants.R_OK);
		return true;
	} catch {
		return false;
	}
}
