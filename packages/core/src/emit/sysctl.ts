/** Settings as `sysctl -a` prints them, which is what sysctl.conf(5) holds. */
import { asLines } from "./batch.ts";

/** One `key = value` a line: `sysctl -p` loads them, the parser reads them back. */
export function printSysctl(settings: ReadonlyMap<string, string>): string {
	return asLines(Array.from(settings, ([key, value]) => `${key} = ${value}`));
}
