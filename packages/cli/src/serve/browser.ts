/** Opens the person's browser. */
import { spawn } from "node:child_process";
import type { CliProcess } from "../cli-process.ts";

/** Somebody looks at the terminal, and the machine has a screen. */
export function hasBrowser({ stdout, env }: CliProcess): boolean {
	if (stdout.isTTY !== true || (env.SSH_CONNECTION ?? "") !== "") return false;
	if (process.platform === "darwin" || process.platform === "win32") return true;
	return (env.DISPLAY ?? env.WAYLAND_DISPLAY ?? "") !== "";
}

/** A browser that cannot be started is no error: the address stands in the terminal. */
export function openBrowser(url: string): void {
	const [command, ...args] = commandFor(url);
	const child = spawn(command, args, { stdio: "ignore", detached: true });
	child.on("error", () => {});
	child.unref();
}

function commandFor(url: string): readonly [string, ...string[]] {
	switch (process.platform) {
		case "darwin":
			return ["open", url];
		case "win32":
			return ["rundll32", "url.dll,FileProtocolHandler", url];
		default:
			return ["xdg-open", url];
	}
}
