/** The comparison and the chooser say the same in both languages. */
import { describe, expect, test } from "vitest";
import { ENGLISH } from "../../src/comparison/catalogue.ts";
import { CHINESE } from "../../src/comparison/catalogue-zh.ts";
import { choose } from "../../src/comparison/choose.ts";
import { differingCriteria, MODE_CRITERIA } from "../../src/comparison/criteria.ts";
import { modeProfiles } from "../../src/comparison/measure.ts";
import { NEED_QUESTIONS, needsFrom } from "../../src/comparison/needs.ts";
import { profileText, reasonText } from "../../src/comparison/wording.ts";

const PROFILES = modeProfiles();

test.each(Object.entries(ENGLISH.reasons))("%s has the same facts in Chinese", (code, english) => {
	const facts = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
	expect(facts(CHINESE.reasons[code as keyof typeof ENGLISH.reasons])).toEqual(facts(english));
});

test("by what a pod asks for its address is said in Chinese for every mode", () => {
	const declared = PROFILES.flatMap(({ fixedAddress }) => fixedAddress ?? []);
	expect([...new Set(declared)].filter((each) => CHINESE.fixedBy[each] === undefined)).toEqual([]);
});

describe.each(["en", "zh"] as const)("in %s", (language) => {
	test("every mode has words for every criterion", () => {
		const texts = PROFILES.flatMap((profile) => MODE_CRITERIA.map((each) => profileText(profile, each, language)));
		expect(texts.filter((text) => text === "" || text.includes("undefined"))).toEqual([]);
	});

	test("no reason lacks a fact, whatever is answered", () => {
		for (const answer of [true, false, undefined]) {
			const answers = Object.fromEntries(NEED_QUESTIONS.map((need) => [need, answer]));
			const reasons = choose(PROFILES, needsFrom(answers)).flatMap((each) => [...each.for, ...each.against]);
			for (const reason of reasons) expect(reasonText(reason, language)).not.toMatch(/[{?]/);
		}
	});
});

// Seed 004 L165-L265: both are Calico's, one by a tunnel and IPv4 alone, one by BGP.
test("Calico's IPIP and BGP differ in what seed 004's table says, and not in their interfaces", () => {
	const two = PROFILES.filter(({ mode }) => mode === "calico-ipip" || mode === "calico-bgp");
	const differing = differingCriteria(two);
	expect([...differing]).toEqual(expect.arrayContaining(["scenario", "technology", "mechanism", "families", "exit"]));
	expect([...differing]).not.toEqual(expect.arrayContaining(["attachment"]));
});
