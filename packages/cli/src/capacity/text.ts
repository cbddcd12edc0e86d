/** Capacity as text. */
import {
	columns,
	type InstanceType,
	type Limits,
	type NodeCapacity,
	POD_KIND_NAMES,
	paintFor,
	printable,
	type Room,
} from "@podpath/core";
import stringWidth from "string-width";

/** Limits of one instance type, by mode. */
export function limitsText(all: readonly Limits[], type: InstanceType | undefined): string {
	const lines = all.flatMap(({ mode, limits, total, notes }) => [
		type === undefined ? mode : `${mode} on ${printable(type.id)}`,
		...table([
			...limits.map(({ kind, pods, formula }) => [POD_KIND_NAMES[kind], count(pods), formula]),
			...(limits.length > 1 ? [["together", count(total), ""]] : []),
		]),
		...notes.map((note) => `  ${note}`),
	]);
	const source = type === undefined ? [] : [`Numbers of ${printable(type.id)}: ${printable(type.source)}`];
	return asText([...lines, ...source]);
}

/** Every node of a cluster, and whether one more pod fits. */
export function nodesText(nodes: readonly NodeCapacity[]): string {
	return asText(
		nodes.flatMap(({ node, instanceType, mode, rooms, notes }) => [
			`node/${node}: ${[mode, instanceType].filter((word) => word !== "").join(", ")}`,
			...table(
				rooms.map((room) => [POD_KIND_NAMES[room.kind], `${room.used} of ${count(room.limit)} used`, nextText(room)]),
			),
			...notes.map((note) => `  ${note}`),
		]),
	);
}

function nextText({ next, formula }: Room): string {
	if (next.fits === true) return `one more fits: ${formula}`;
	return next.fits === false ? `no more: ${next.why}` : `not known: ${next.why}`;
}

function count(pods: number | null): string {
	return pods === null ? "?" : String(pods);
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
	const cells = rows.map((row) => row.map((text) => ({ text: printable(text) })));
	return columns(cells, { width: undefined, paint: paintFor(false), measure: stringWidth, indent: "  " }).flat();
}

function asText(lines: readonly string[]): string {
	return `${lines.join("\n")}\n`;
}
