/** The network with a fault in it: the machines' dumps with the fault's changes, read again. */
import { InputError } from "../diagnostic/diagnostic.ts";
import type { Network } from "../state/network.ts";
import type { Place } from "../state/place.ts";
import type { Fault, StateChange } from "./fault.ts";
import { rereadNetwork } from "./reread.ts";

type Files = ReadonlyMap<string, string>;

/** @throws {InputError} When it is read, where a change finds nothing to change. */
export function faultyNetwork(healthy: Network, fault: Fault): Network {
	const changes = fault.changes.flatMap((change) => withFarEnd(healthy, change));
	return rereadNetwork(healthy, (place, files) =>
		changes.filter(({ at }) => at === place).reduce((own, { change, far }) => changed(fault, own, change, far), files),
	);
}

interface ChangeAt {
	readonly at: Place;
	readonly change: StateChange;
	/** The change is that of the far end of the device. */
	readonly far: string | null;
}

function withFarEnd(network: Network, change: StateChange): readonly ChangeAt[] {
	const own = { at: change.at, change, far: null };
	if (change.kind !== "down" && change.kind !== "delete") return [own];
	const far = network.wireAt(change.at, change.device);
	return far.kind === "device" ? [own, { at: far.place, change, far: far.device }] : [own];
}

function changed(fault: Fault, files: Files, change: StateChange, far: string | null): Files {
	switch (change.kind) {
		case "remove":
			return edited(fault, files, change.part, change.text, (lines) =>
				below(lines, change, (line) => (line.includes(change.text) ? [] : [line])),
			);
		case "replace":
			return edited(fault, files, change.part, change.text, (lines) =>
				below(lines, change, (line) => [line.replace(change.text, change.with)]),
			);
		case "add":
			return edited(fault, files, change.part, change.before ?? change.after ?? "", (lines) => added(lines, change));
		case "down":
			return far === null ? withDown(files, change.device) : withoutCarrier(files, far);
		case "delete":
			return withoutDevice(files, far ?? change.device);
	}
}

function edited(
	fault: Fault,
	files: Files,
	part: string,
	needed: string,
	edit: (lines: readonly string[]) => readonly string[],
): Files {
	const name = `${part}.txt`;
	const lines = (files.get(name) ?? "").split("\n");
	if (!lines.some((line) => line.includes(needed))) {
		throw new InputError({
			code: "fault-change",
			message: `fault "${fault.id}" changes "${needed}", which ${part} does not hold`,
			where: fault.source,
		});
	}
	return new Map([...files, [name, edit(lines).join("\n")]]);
}

/** Every line, or with `below` the first that holds the text after the one that holds that. */
function below(
	lines: readonly string[],
	{ text, below: start }: { readonly text: string; readonly below?: string },
	edit: (line: string) => readonly string[],
): readonly string[] {
	if (start === undefined) return lines.flatMap(edit);
	const first = lines.findIndex((line) => line.includes(start));
	const only = lines.findIndex((line, i) => i > first && line.includes(text));
	return lines.flatMap((line, i) => (i === only ? edit(line) : [line]));
}

function added(lines: readonly string[], change: Extract<StateChange, { kind: "add" }>): readonly string[] {
	const { line, before, after } = change;
	const found = lines.findIndex((each) => each.includes(before ?? after ?? ""));
	if (before === undefined && after === undefined) return [...lines.slice(0, -1), line, ""];
	const position = before === undefined ? found + 1 : found;
	return [...lines.slice(0, position), line, ...lines.slice(position)];
}

/** dev_close(): the routes over it go, and IPv6 addresses with theirs; IPv4 addresses stay, with their local routes. */
function withDown(files: Files, device: string): Files {
	const isOn = (line: string): boolean => new RegExp(`dev ${escaped(device)}( |$)`).test(line);
	const routes = linesOf(files, "ip-route").filter(
		(line) => !isOn(line) || (line.startsWith("local ") && !line.includes(":")),
	);
	const flags = flagsChanged(files, device, (words) => words.filter((word) => word !== "UP" && word !== "LOWER_UP"));
	const block = blockOf(flags, device);
	const kept = block.filter((line, i) => !/^\s+inet6 /.test(line) && !/^\s+inet6 /.test(block[i - 1] ?? ""));
	const address = joined(flags.join("\n").replace(block.join("\n"), kept.join("\n")));
	return new Map([...files, ["ip-address.txt", address], ["ip-route.txt", routes.join("\n")]]);
}

/** The far end of what was set down: routes over it stay and are marked. */
function withoutCarrier(files: Files, device: string): Files {
	const lines = flagsChanged(files, device, (words) => ["NO-CARRIER", ...words.filter((word) => word !== "LOWER_UP")]);
	return new Map([...files, ["ip-address.txt", joined(lines.join("\n"))]]);
}

function joined(text: string): string {
	return text.endsWith("\n") ? text : `${text}\n`;
}

function withoutDevice(files: Files, device: string): Files {
	const onIt = new RegExp(`(^| )dev ${escaped(device)}( |$)`);
	const block = new Set(blockOf(linesOf(files, "ip-address"), device));
	const address = linesOf(files, "ip-address")
		.filter((line) => !block.has(line) || /valid_lft/.test(line))
		.map((line) => line.replace(new RegExp(` master ${escaped(device)} `), " "));
	const rest = ["ip-route", "ip-neigh", "bridge-fdb"].map((part): [string, string] => [
		`${part}.txt`,
		linesOf(files, part)
			.filter((line) => !onIt.test(line))
			.join("\n"),
	]);
	return new Map([...files, ["ip-address.txt", withoutOrphans(address).join("\n")], ...rest]);
}

/** Lifetimes stand below their addresses. */
function withoutOrphans(lines: readonly string[]): readonly string[] {
	return lines.filter((line, i) => !/^\s+valid_lft/.test(line) || /^\s+inet6? /.test(lines[i - 1] ?? ""));
}

function linesOf(files: Files, part: string): readonly string[] {
	return (files.get(`${part}.txt`) ?? "").split("\n");
}

/** The lines of one device in `ip -d address`. */
function blockOf(lines: readonly string[], device: string): readonly string[] {
	const start = lines.findIndex((line) => new RegExp(`^\\d+: ${escaped(device)}[@:]`).test(line));
	if (start < 0) return [];
	const next = lines.findIndex((line, i) => i > start && /^\d+: /.test(line));
	return lines.slice(start, next < 0 ? undefined : next);
}

function flagsChanged(
	files: Files,
	device: string,
	change: (words: readonly string[]) => readonly string[],
): readonly string[] {
	const head = new RegExp(`^(\\d+: ${escaped(device)}(?:@\\S+)?: <)([^>]*)(>.*)$`);
	return linesOf(files, "ip-address").map((line) =>
		line.replace(head, (_, start: string, flags: string, end: string) => {
			return `${start}${change(flags.split(",")).join(",")}${end.replace("state UP", "state DOWN")}`;
		}),
	);
}

function escaped(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
