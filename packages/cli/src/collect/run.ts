/** `podpath collect`: runs it. */
import { existsSync, readFileSync } from "node:fs";
import {
	type Collected,
	cannotRead,
	checkTarget,
	collectLocal,
	collectScript,
	collectSsh,
	fromArchives,
	type LocalOptions,
	type Missing,
	redact,
	type SshHost,
	writeSnapshot,
} from "@podpath/collect";
import { InputError, printable, STATE_PARTS } from "@podpath/core";
import type { CliProcess, LabPlace } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { untilInterrupted } from "../lab/interrupt.ts";
import { version } from "../version.ts";
import type { CollectFlags } from "./command.ts";

export async function runCollect(cli: CliProcess, flags: CollectFlags): Promise<ExitStatus> {
	const way = wayOf(flags);
	if (way === "print-script") {
		cli.stdout.write(collectScript({ version: version() }));
		return EXIT.yes;
	}
	const { output } = flags;
	if (output === undefined) throw wrongFlags("there is nowhere to write to", "-o DIR or -o FILE.tar.gz");
	checkTarget(output);
	let interrupted = false;
	const collected = await untilInterrupted(cli, async (signal) => {
		const onProgress = (line: string): void => void cli.stderr.write(`podpath: ${printable(line)}\n`);
		const result = await gather({ cli, way, flags, signal, onProgress });
		interrupted = signal.aborted;
		return result;
	});
	const files = flags.redact ? redact(collected.files).files : collected.files;
	return report(cli, { ...collected, files }, output, interrupted);
}

type Way = "local" | "ssh" | "lab" | "from" | "print-script";

function wayOf({ local, ssh, lab, from, printScript, netns, node, sudo, sshConfig }: CollectFlags): Way {
	const given = [
		...(local ? (["local"] as const) : []),
		...(ssh === undefined ? [] : (["ssh"] as const)),
		...(lab === undefined ? [] : (["lab"] as const)),
		...(from === undefined ? [] : (["from"] as const)),
		...(printScript ? (["print-script"] as const) : []),
	];
	const [way] = given;
	if (way === undefined || given.length > 1) {
		const what =
			way === undefined ? "nothing says what to collect from" : `--${given.join(" and --")} do not go together`;
		throw wrongFlags(what, "--local, --ssh HOST, --lab NAME, --from FILE.tar.gz or --print-script");
	}
	if (way !== "local" && (netns !== undefined || node !== undefined)) {
		throw wrongFlags(`--${netns === undefined ? "node" : "netns"} goes with --local alone`, "with --ssh: HOST=NODE");
	}
	if (way !== "ssh" && sshConfig !== undefined) throw wrongFlags("--ssh-config goes with --ssh alone", "--ssh HOST");
	if (sshConfig !== undefined && !existsSync(sshConfig)) {
		throw wrongFlags(`"${sshConfig}" does not exist`, "--ssh-config FILE, as ssh -F takes it");
	}
	if (way !== "ssh" && sudo) throw wrongFlags("--sudo goes with --ssh alone", "sudo podpath collect --local");
	return way;
}

interface Gathering {
	readonly cli: CliProcess;
	readonly way: Exclude<Way, "print-script">;
	readonly flags: CollectFlags;
	readonly signal: AbortSignal;
	readonly onProgress: (line: string) => void;
}

function gather({ cli, way, flags, signal, onProgress }: Gathering): Promise<Collected> {
	const { context, node, netns = [], ssh = [], sudo, timeout, sshConfig, lab = "", from = [] } = flags;
	const options = { version: version(), context, signal, onProgress };
	switch (way) {
		case "local":
			if (node !== undefined && !isNodeName(node))
				throw wrongFlags(`"${node}" cannot be a node's name`, "letters, digits, . _ -");
			if (cli.standsIn !== undefined) return atPlace(cli.standsIn, { ...options, node, places: placesOf(netns) });
			return collectLocal({ ...options, node, places: placesOf(netns) });
		case "ssh":
			return collectSsh({ ...options, hosts: ssh.map(hostOf), sudo, sshConfig, timeoutMs: timeout * 1000 });
		case "lab":
			return import("./from-lab.ts").then(({ collectLab }) => collectLab(lab, version()));
		case "from": {
			const archives = from.map((name) => ({ name, archive: readWhole(name), receivedAt: Number.NaN }));
			return fromArchives(archives, []);
		}
	}
}

/** `podpath lab exec PLACE -- podpath collect --local`: the lab is the machine, and it knows whose its namespaces are. */
async function atPlace({ lab, place }: LabPlace, options: LocalOptions): Promise<Collected> {
	const [{ connectLab, Lab, LabFolder }, { insideLab }, { placesOf: placesOfLab, withObjects }] = await Promise.all([
		import("@podpath/lab"),
		import("./inside-lab.ts"),
		import("./from-lab.ts"),
	]);
	const folder = new LabFolder(lab);
	const backend = await connectLab(folder);
	try {
		const { plan, input } = folder.record();
		const places = new Map([...placesOfLab(plan), ...(options.places ?? [])]);
		const node = options.node ?? (place.startsWith("node/") ? place.slice("node/".length) : "lab");
		const inside = insideLab(backend, Lab.over(plan, backend).nameOf(place));
		return withObjects(await collectLocal({ ...options, node, places, inside }), input);
	} finally {
		await backend.close();
	}
}

function readWhole(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		throw cannotRead(path, error);
	}
}

function isNodeName(text: string): boolean {
	return /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(text);
}

/** `HOST` or `HOST=NODE`. A host that ssh would take for a flag is none. */
function hostOf(text: string): SshHost {
	const equals = text.lastIndexOf("=");
	const host = equals < 0 ? text : text.slice(0, equals);
	const node = equals < 0 ? undefined : text.slice(equals + 1);
	if (host === "" || host.startsWith("-") || /\s/.test(host) || (node !== undefined && !isNodeName(node))) {
		throw wrongFlags(`"${text}" names no host`, "--ssh [USER@]HOST or --ssh [USER@]HOST=NODE");
	}
	return { host, node };
}

/** `node/a=NETNS`: by the namespace's name below /run/netns. */
function placesOf(given: readonly string[]): ReadonlyMap<string, string> {
	const places = new Map<string, string>();
	for (const text of given) {
		const [, place, name] =
			/^((?:node|host)\/[^/=\s]+|pod\/[^/=\s]+\/[^/=\s]+)=([A-Za-z0-9_-][A-Za-z0-9._-]*)$/.exec(text) ?? [];
		if (place === undefined || name === undefined) {
			throw wrongFlags(`"${text}" does not say whose a namespace is`, "--netns node/a=NETNS or pod/default/web=NETNS");
		}
		places.set(name, place);
	}
	return places;
}

function wrongFlags(message: string, hint: string): InputError {
	return new InputError({ code: "which-collect", message, hint });
}

/** What is missing is told once for each reason, as 50 namespaces lack the same tool. */
async function report(
	cli: CliProcess,
	collected: Collected,
	output: string,
	interrupted: boolean,
): Promise<ExitStatus> {
	const { files, missing, complete } = collected;
	for (const line of missingLines(missing)) cli.stderr.write(`podpath: missing: ${printable(line)}\n`);
	const nodes = new Set(
		[...files.keys()].filter((inner) => inner.startsWith("nodes/")).map((inner) => inner.split("/")[1]),
	);
	const namespaces = new Set(
		[...files.keys()].flatMap((inner) => /^nodes\/[^/]+\/(host|netns\/[^/]+)/.exec(inner)?.[0] ?? []),
	);
	if (files.size <= 1) {
		cli.stderr.write("podpath: nothing could be read, so nothing is written\n");
		return interrupted ? EXIT.interrupted : EXIT.failed;
	}
	await writeSnapshot(files, output);
	cli.stderr.write(
		`podpath: ${output}: ${count(nodes.size, "machine")}, ${count(namespaces.size, "namespace")}, ${count(files.size, "file")}\n`,
	);
	if (interrupted) return EXIT.interrupted;
	return complete ? EXIT.yes : EXIT.no;
}

function count(number: number, what: string): string {
	return `${number} ${what}${number === 1 ? "" : "s"}`;
}

const MOST_LINES = 20;

function missingLines(missing: readonly Missing[]): readonly string[] {
	// A namespace that could not be entered lacks every part for one reason.
	const whole = new Map<Missing, string>();
	for (const own of Map.groupBy(missing, ({ node, netns, reason, message }) =>
		JSON.stringify([node, netns, reason, message]),
	).values()) {
		if (own.length === STATE_PARTS.length) for (const each of own) whole.set(each, "a whole namespace");
	}
	const groups = Map.groupBy(missing, (each) => {
		const { part, reason, message, host } = each;
		return host === undefined
			? `${whole.get(each) ?? part ?? "everything"}: ${reason}${message === "" ? "" : ` (${message})`}`
			: `${host}: ${reason} (${message})`;
	});
	const lines = [...groups].map(([what, each]) => {
		const namespaces = new Set(each.map(({ node, netns }) => JSON.stringify([node, netns]))).size;
		return namespaces === 1 ? what : `${what}, in ${namespaces} namespaces`;
	});
	return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more`];
}
