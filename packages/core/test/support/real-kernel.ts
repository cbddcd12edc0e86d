/** Runs a shell script in network namespaces of its own on this machine's kernel, where that is allowed. */
import { execFileSync } from "node:child_process";

/** Whether unprivileged user namespaces and iproute2 are there. */
export const hasRealKernel: boolean = ((): boolean => {
	try {
		inNewNamespace("ip -V && ip link set lo up");
		return true;
	} catch {
		return false;
	}
})();

/** What the script prints in a fresh network, mount and user namespace. Throws where a command fails. */
export function inNewNamespace(script: string): string {
	return execFileSync("unshare", ["-Urnm", "sh", "-ec", script], {
		encoding: "utf8",
		stdio: ["ignore", "pipe", "pipe"],
	});
}
