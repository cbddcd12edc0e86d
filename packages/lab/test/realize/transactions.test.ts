/** Rule sets that an unprivileged user cannot load in one go. */
import { type NftTable, parseNftRuleset, parseXtablesSave, printRuleset } from "@podpath/core";
import { describe, expect, test } from "vitest";
import { nftTransactions, xtLoading } from "../../src/realize/transactions.ts";

function tableOf(services: number): NftTable {
	const numbers = Array.from({ length: services }, (_, i) => i);
	const text = `table ip t {
	map services {
		type ipv4_addr : verdict
		elements = { ${numbers.map((i) => `10.0.${i >> 8}.${i & 255} : goto service-${i}`).join(", ")} }
	}
	chain nat { type nat hook prerouting priority -100; policy accept; ip daddr vmap @services }
	${numbers.map((i) => `chain service-${i} { dnat to 10.1.${i >> 8}.${i & 255}:80 }`).join("\n\t")}
}
`;
	const [table] = parseNftRuleset(text, { file: "t" }).ruleset.tables;
	if (table === undefined) throw new Error("the text holds a table");
	return table;
}

describe("an nftables table", () => {
	test("is loaded at once while it is small", () => {
		const ruleset = { tables: [tableOf(50)] };
		expect(nftTransactions(ruleset)).toEqual([printRuleset(ruleset)]);
		expect(nftTransactions({ tables: [] })).toEqual([]);
	});

	test("is loaded in parts when it is large: chains and sets, then rules, then elements", () => {
		const parts = nftTransactions({ tables: [tableOf(700)] });
		expect(parts.length).toBeGreaterThan(5);
		const holds = (text: string): string =>
			`${text.includes("dnat to") ? "rules" : ""}${text.includes("elements") ? "elements" : ""}`;
		expect([...new Set(parts.map(holds))]).toEqual(["", "rules", "elements"]);
	});

	test("loses nothing on the way, and has nothing twice", () => {
		const whole = tableOf(700);
		const parts = nftTransactions({ tables: [whole] }).flatMap(
			(text) => parseNftRuleset(text, { file: "t" }).ruleset.tables,
		);
		const rules = parts.flatMap(({ chains }) =>
			[...chains.values()].flatMap((chain) => chain.rules.map(() => chain.name)),
		);
		expect(rules).toEqual([...whole.chains.values()].flatMap((chain) => chain.rules.map(() => chain.name)));
		const elements = parts.flatMap(({ sets }) => [...sets.values()].flatMap((set) => set.elements));
		expect(elements).toHaveLength(700);
	});
});

describe("iptables tables", () => {
	const tables = (rules: number) =>
		parseXtablesSave(`*filter\n:INPUT ACCEPT [0:0]\n${"-A INPUT -s 10.0.0.1/32 -j ACCEPT\n".repeat(rules)}COMMIT\n`, {
			family: 4,
			file: "t",
		}).tables;

	test("go by the program's plain name, and when they are large by the implementation that takes them", () => {
		expect(xtLoading(tables(100))).toBe("plain");
		expect(xtLoading(tables(1000))).toBe("legacy");
	});

	test("of both implementations go by both names", () => {
		const nft = tables(1).map((table) => ({ ...table, backend: "nft" as const }));
		expect(xtLoading([...tables(1), ...nft])).toBe("both");
	});
});
