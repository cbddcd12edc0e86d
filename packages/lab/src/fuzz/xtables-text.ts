/** The rules of a sketch as iptables-save prints them. */

const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
	raw: ["PREROUTING", "OUTPUT"],
	mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
	nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
	filter: ["INPUT", "FORWARD", "OUTPUT"],
};
/** What chains of one's own are called in sketches. */
const OWN_CHAIN = /(?:^-A|-[jg]) (own-\w+)/g;

/** From `TABLE -A CHAIN …` and `TABLE -P CHAIN POLICY`, in their order. */
export function xtablesText(commands: readonly string[]): string {
	return Object.keys(BUILT_IN)
		.map((table) =>
			tableText(
				table,
				commands.filter((each) => each.startsWith(`${table} `)).map((each) => each.slice(table.length + 1)),
			),
		)
		.join("");
}

function tableText(table: string, commands: readonly string[]): string {
	if (commands.length === 0) return "";
	const rules = commands.filter((each) => each.startsWith("-A "));
	const policies = new Map(commands.filter((each) => each.startsWith("-P ")).map(policyOf));
	const own = new Set(rules.flatMap((rule) => [...rule.matchAll(OWN_CHAIN)].map(([, name]) => name)));
	const chains = [
		...(BUILT_IN[table] ?? []).map((name) => `:${name} ${policies.get(name) ?? "ACCEPT"} [0:0]`),
		...[...own].map((name) => `:${name} - [0:0]`),
	];
	return [`*${table}`, ...chains, ...rules, "COMMIT"].map((line) => `${line}\n`).join("");
}

function policyOf(command: string): readonly [string, string] {
	const [, chain = "", policy = ""] = command.split(" ");
	return [chain, policy];
}
