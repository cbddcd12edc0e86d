/** Collects a snapshot from this machine, or from machines over ssh. */
import { type Collected, type MachineArchive, type Missing, merge } from "./merge.ts";
import { runScript, type ScriptRun } from "./run-script.ts";
import { collectScript } from "./script.ts";

export interface CollectOptions {
	readonly version: string;
	/** kubectl's context; absent: its own. */
	readonly context?: string | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: ((line: string) => void) | undefined;
}

export interface LocalOptions extends CollectOptions {
	/** The node's name; absent: the machine's own. */
	readonly node?: string | undefined;
	/** Whose a namespace is, by its name below /run/netns: `n1` to `node/a`. */
	readonly places?: ReadonlyMap<string, string>;
	/** Where the script runs instead of here, as inside a lab. */
	readonly inside?: Inside | undefined;
}

/** A kernel of somebody else's, that programs can be run on. */
export interface Inside {
	/** It needs more time than a machine does, as User-Mode Linux. */
	readonly slow: boolean;
	readonly run: (script: string, flags: readonly string[], signal: AbortSignal | undefined) => Promise<ScriptRun>;
}

export interface SshOptions extends CollectOptions {
	readonly hosts: readonly SshHost[];
	readonly sudo: boolean;
	readonly timeoutMs: number;
	/** ssh's configuration file (`ssh -F`); absent: its own, ~/.ssh/config. */
	readonly sshConfig?: string | undefined;
}

export interface SshHost {
	/** As ssh takes it: `USER@HOST`, or a name of its configuration. */
	readonly host: string;
	/** The node's name; absent: what the machine calls itself. */
	readonly node?: string | undefined;
}

/** This machine's namespaces, and the objects that kubectl shows. */
export async function collectLocal(options: LocalOptions): Promise<Collected> {
	const { version, places, node, context, inside, signal } = options;
	const named = [...(node === undefined ? [] : ["-n", node]), ...(context === undefined ? [] : ["-c", context])];
	// No API server is known inside; whoever made it knows the objects.
	const flags = ["-o", "-", ...(inside === undefined ? [] : ["-K"]), ...named];
	const script = collectScript({ version, slow: inside?.slow === true, ...(places && { places }) });
	const run = (): Promise<ScriptRun> =>
		inside === undefined ? start(["sh", "-s", "--", ...flags], script, options) : inside.run(script, flags, signal);
	return gather([{ name: "this machine", run }]);
}

/**
 * Ports, users, keys and jumps are what ssh's configuration says. What it may say besides would ask somebody, spoil what comes
 * back, or leave something running.
 */
const SSH_OPTIONS: readonly string[] = [
	"-T",
	...[
		"BatchMode=yes",
		"ConnectTimeout=10",
		"ClearAllForwardings=yes",
		"RemoteCommand=none",
		"ControlMaster=no",
	].flatMap((option) => ["-o", option]),
];

/** Other machines' namespaces, all at once, and the objects that this machine's kubectl shows. */
export async function collectSsh(options: SshOptions): Promise<Collected> {
	const { version, hosts, sudo, timeoutMs, context, sshConfig } = options;
	const script = collectScript({ version });
	const flags = context === undefined ? [] : ["-c", context];
	return gather([
		...hosts.map(({ host, node }) => ({
			name: host,
			run: () => {
				const remote = [...(sudo ? ["sudo", "-n"] : []), "sh", "-s", "--", "-o", "-", "-w", "-K"];
				const named = node === undefined ? remote : [...remote, "-n", node];
				const configured = sshConfig === undefined ? [] : ["-F", sshConfig];
				const ssh = ["ssh", ...SSH_OPTIONS, ...configured, "--", host, named.join(" ")] as const;
				return start(ssh, script, { ...options, timeoutMs, watched: true });
			},
		})),
		{ name: "kubectl", run: () => start(["sh", "-s", "--", "-o", "-", "-N", "-q", ...flags], script, options) },
	]);
}

/** What an archive that was made elsewhere, as by the printed script, holds. */
export async function fromArchives(
	archives: readonly MachineArchive[],
	failed: readonly Missing[],
): Promise<Collected> {
	return merge(archives, failed, new Date(), false);
}

interface Source {
	readonly name: string;
	readonly run: () => Promise<ScriptRun>;
}

async function gather(sources: readonly Source[]): Promise<Collected> {
	const archives: MachineArchive[] = [];
	const failed: Missing[] = [];
	await Promise.all(
		sources.map(async ({ name, run }) => {
			const done = await run().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
			if (done instanceof Error) failed.push({ host: name, reason: "failed", message: done.message });
			else if (done.archive.length === 0) failed.push({ host: name, ...whyNothing(done) });
			else archives.push({ name, archive: done.archive, receivedAt: Date.now() });
		}),
	);
	const order = sources.map((source) => source.name);
	const byOrder = (a: { readonly name: string }, b: { readonly name: string }): number =>
		order.indexOf(a.name) - order.indexOf(b.name);
	return merge(archives.toSorted(byOrder), failed, new Date(), true);
}

function whyNothing({ complaint, status, timedOut }: ScriptRun): Pick<Missing, "reason" | "message"> {
	if (timedOut) return { reason: "timeout", message: "it did not answer in time" };
	// ssh's own failures have the status 255 (ssh(1)).
	const denied = /permission denied|password is required|not in the sudoers/i.test(complaint);
	const reason = denied ? "permission" : status === 255 ? "unreachable" : status === null ? "interrupted" : "failed";
	return { reason, message: complaint === "" ? `the script ended with status ${status ?? "none"}` : complaint };
}

function start(
	argv: readonly [string, ...string[]],
	script: string,
	options: CollectOptions & { readonly timeoutMs?: number; readonly watched?: boolean },
): Promise<ScriptRun> {
	const { signal, onProgress, timeoutMs, watched = false } = options;
	return runScript({ argv, script, watched, signal, onProgress, ...(timeoutMs !== undefined && { timeoutMs }) });
}
