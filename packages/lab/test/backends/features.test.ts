/** What kernels can do, and what is said when none can do enough. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { phrase, worded } from "@podpath/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cacheKey, recall, remember } from "../../src/backends/feature-cache.ts";
import { FEATURES, type Feature, openBackend, probeFeatures } from "../../src/index.ts";
import { KERNELS, onEachKernel } from "../kernels-here.ts";

describe("a kernel's features", () => {
	onEachKernel([], ({ kind }) => {
		test("are each there, or missing with what the kernel or its tool said", async () => {
			const report = await probeFeatures({ kind });
			expect(report.kernel).toMatch(/^\d+\.\d+/);
			for (const feature of FEATURES) expect(report.features.has(feature)).toBe(!report.missing.has(feature));
			for (const why of report.missing.values()) expect(worded(why)).toContain(": ");
		});
	});

	onEachKernel([], ({ kind }) => {
		test("are told in Chinese too, around what the kernel or its tool said, also when they come from the cache", async () => {
			for (const fresh of [true, false]) {
				const { missing } = await probeFeatures({ kind, fresh });
				for (const why of missing.values()) expect(worded(why, "zh")).toMatch(/命名空间 trial 中/);
			}
		});
	});

	onEachKernel([], ({ features }) => {
		// Of every kernel that has network namespaces at all: they cannot be joined without.
		test("include veth pairs", () => expect(features).toContain("veth"));
	});

	onEachKernel(
		[],
		({ features }) => {
			// linux.uml 6.1 of Debian 12 is built without CONFIG_NF_TABLES_IPV4 and _INET; its modules have all the rest.
			test("of User-Mode Linux are all but those of nf_tables and what is not installed", () => {
				const kernelOnly = ["vlan", "vlan-filtering", "vxlan", "ipip", "macvlan", "ipvlan", "dummy", "tun", "sctp"];
				expect([...features]).toEqual(
					expect.arrayContaining([...kernelOnly, "conntrack", "br-netfilter", "tc-flower"]),
				);
				expect(features).not.toContain("nft");
			});
		},
		["uml"],
	);
});

describe("what was found is kept", () => {
	let folder: string;
	const before = process.env.XDG_CACHE_HOME;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), "podpath-test-"));
		process.env.XDG_CACHE_HOME = folder;
	});
	afterEach(() => {
		if (before === undefined) delete process.env.XDG_CACHE_HOME;
		else process.env.XDG_CACHE_HOME = before;
		rmSync(folder, { recursive: true });
	});
	const file = () => join(folder, "podpath", "lab-features-uml.json");
	const why = phrase("ended-with-status-saying", { status: 1, said: "Operation not supported" });
	const known = { kernel: "6.1.176", missing: new Map([["nft", why]] as const) };

	test("in the user's cache folder, under what it hangs on", () => {
		remember("uml", "key", known);
		expect(readdirSync(join(folder, "podpath"))).toEqual(["lab-features-uml.json"]);
		expect(recall("uml", "key")).toEqual(known);
		expect(recall("uml", "another kernel or other tools")).toBeUndefined();
		expect(recall("userns", "key")).toBeUndefined();
	});

	test.each([
		["cut off", (text: string) => text.slice(0, 40)],
		["empty", () => ""],
		["of another shape", () => '{"key":"key","kernel":"6.1","missing":{}}'],
		["with a feature that is none", (text: string) => text.replace('"nft"', '"flying"')],
		["without reasons", (text: string) => text.replace(/\{"phrase".*\}(?=\])/, "1")],
		["with a sentence that this version does not know", (text: string) => text.replace("ended-with", "began-with")],
		["with a fact that is none", (text: string) => text.replace('"Operation not supported"', "null")],
	])("a file %s is not believed", (_, spoil) => {
		remember("uml", "key", known);
		writeFileSync(file(), spoil(readFileSync(file(), "utf8")));
		expect(recall("uml", "key")).toBeUndefined();
	});

	test("a folder that cannot be written costs nothing but the next run's time", () => {
		writeFileSync(join(folder, "podpath"), "a file where the folder should be");
		remember("uml", "key", known);
		expect(recall("uml", "key")).toBeUndefined();
	});

	test("when a tool's file changes, so does the key", () => {
		const tool = join(folder, "tool");
		const keys = ["", "a", "ab"].map((text) => {
			if (text !== "") writeFileSync(tool, text);
			return cacheKey(["6.1"], [tool]);
		});
		expect(new Set(keys).size).toBe(3);
		expect(cacheKey(["6.1"], [tool])).toBe(keys[2]);
	});
});

describe("a lab that needs more than a kernel has", () => {
	onEachKernel([], ({ kind, features }) => {
		const lacking = FEATURES.find((feature) => !features.has(feature));
		const title = "is told which features are missing and what brings them";
		test.runIf(lacking !== undefined)(lacking === undefined ? `${title}: this kernel has all` : title, async () => {
			const opening = openBackend({ kind, needs: new Set(lacking === undefined ? [] : [lacking]) });
			await expect(opening).rejects.toThrow(
				new RegExp(
					`${kind}: kernel \\S+ lacks ${lacking}\\n {2}${lacking} comes with (kernel module|Debian package|a kernel)`,
				),
			);
		});
	});

	const chosen = KERNELS.some(({ features }) =>
		["vlan", "dummy", "ipvs"].every((need) => [...features].includes(need as Feature)),
	);
	const title = "and does not say where, gets the first kernel that has it all";
	test.runIf(chosen)(chosen ? title : `${title}: no kernel here has what is asked for`, async () => {
		const lab = await openBackend({ needs: new Set(["vlan", "dummy", "ipvs"]) });
		expect(["userns", "uml"]).toContain(lab.kind);
		for (const need of ["vlan", "dummy", "ipvs"] as const) expect(lab.features).toContain(need);
		await lab.close();
	});
});
