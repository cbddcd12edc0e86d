/** `sysctl -a` and sysctl.conf(5): one `key = value` a line (procps sysctl.c). */
import { phrase } from "../wording/phrase.ts";
import { DumpReader, dumpLines, type Parsed } from "./dump.ts";

export interface SysctlEntry {
	/** As `sysctl -a` prints it: a dot inside a device name is written as a slash. */
	readonly key: string;
	readonly value: string;
	readonly line: number;
}

/** What sysctl(8) says of keys that it may not read; in other languages it names the secret ones all the same. */
const COMPLAINT =
	/^sysctl: (permission denied|reading key|cannot stat|error: '.*' is an unknown key|.*\b(stable_secret|tcp_fastopen_key)\b)/;

/** Everything that steers packets is below this. */
const NETWORK = "net.";

/** The settings below `net.`; the other thousands have no say in where packets go. Throws InputError for what is no such dump. */
export function parseSysctl(text: string, file: string): Parsed<SysctlEntry> {
	const dump = new DumpReader<SysctlEntry>("sysctl", file, "sysctl -a");
	let understood = false;
	for (const line of dumpLines(text)) {
		if (/^\s*[#;]/.test(line.text)) continue;
		// In sysctl.conf a leading minus lets a setting fail.
		const [, key, value] = /^\s*-?([^\s=]+)\s*=\s*(.*)$/.exec(line.text) ?? [];
		if (key === undefined || value === undefined) {
			// A secret that only root may read (`sysctl: permission denied on key 'net.ipv6.conf.all.stable_secret'`).
			if (!COMPLAINT.test(line.text)) dump.keep(line, phrase("line-of-sysctl"));
			continue;
		}
		understood = true;
		const dotted = dottedKey(key);
		if (dotted.startsWith(NETWORK)) dump.entries.push({ key: dotted, value: value.trim(), line: line.line });
	}
	return dump.finish(understood);
}

/** A key may be written with the path's slashes; then its dots are the device name's own (sysctl.d(5)). */
function dottedKey(key: string): string {
	const separator = /[./]/.exec(key)?.[0];
	if (separator !== "/") return key;
	return key.replace(/[./]/g, (each) => (each === "/" ? "." : "/"));
}
