/** English counts: `1 node`, `2,000 nodes`. */
export function counted(n: number, what: string): string {
	return `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
}
