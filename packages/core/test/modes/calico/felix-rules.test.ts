/** Felix's rules as `iptables-save` would print them, beside those that Felix's own tests and real nodes have. */
import { describe, expect, it } from "vitest";
import { DEFAULT_FELIX, type FelixSettings } from "../../../src/cluster/calico-objects.ts";
import { dispatchChains } from "../../../src/modes/calico/dispatch.ts";
import {
	type EndpointPolicy,
	endpointChains,
	limitedName,
	profileChains,
} from "../../../src/modes/calico/endpoint-chains.ts";
import { endpointMarks } from "../../../src/modes/calico/ipvs-chains.ts";
import { natTable } from "../../../src/modes/calico/nat-chains.ts";
import { type FelixNode, filterTable, rawTable } from "../../../src/modes/calico/static-chains.ts";
import { printXtablesSave } from "../../../src/netfilter/xtables/save.ts";
import type { XtChain } from "../../../src/netfilter/xtables/table.ts";

/** The rules of these chains as iptables-save writes them, without comments. */
function saved(...chains: readonly XtChain[]): readonly string[] {
	const table = {
		family: 4,
		name: "filter",
		backend: "nft",
		chains: new Map(chains.map((each) => [each.name, each])),
	} as const;
	return printXtablesSave([table])
		.split("\n")
		.filter((line) => line.startsWith("-A"))
		.map((line) => line.replaceAll(/-m comment --comment ("[^"]*"|\S+) /g, ""));
}

const NODE: FelixNode = { family: 4, settings: DEFAULT_FELIX, ipvs: false, ipip: true, vxlan: false };
const NO_POLICY: EndpointPolicy = { rules: () => [], chains: () => [], sets: () => [] };
const ENDPOINT = { device: "cali1234", object: "pod/default/web", namespace: "default" };

describe("an endpoint's chains", () => {
	const chains = (settings: Partial<FelixSettings> = {}): readonly string[] =>
		saved(...endpointChains(ENDPOINT, { ...DEFAULT_FELIX, ...settings }, NO_POLICY));

	it("without policies ask the namespace's profile, and drop what it does not accept (felix/rules/endpoints_test.go)", () => {
		expect(chains()).toEqual([
			"-A cali-tw-cali1234 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
			"-A cali-tw-cali1234 -m conntrack --ctstate INVALID -j DROP",
			"-A cali-tw-cali1234 -j MARK --set-xmark 0x0/0x30000",
			"-A cali-tw-cali1234 -j cali-pri-kns.default",
			"-A cali-tw-cali1234 -m mark --mark 0x10000/0x10000 -j RETURN",
			"-A cali-tw-cali1234 -j DROP",
			"-A cali-fw-cali1234 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
			"-A cali-fw-cali1234 -m conntrack --ctstate INVALID -j DROP",
			"-A cali-fw-cali1234 -j MARK --set-xmark 0x0/0x30000",
			"-A cali-fw-cali1234 -p udp -m multiport --dports 4789 -j DROP",
			"-A cali-fw-cali1234 -p 4 -j DROP",
			"-A cali-fw-cali1234 -j cali-pro-kns.default",
			"-A cali-fw-cali1234 -m mark --mark 0x10000/0x10000 -j RETURN",
			"-A cali-fw-cali1234 -j DROP",
		]);
	});

	it("let a pod's own tunnels through where Felix is told to", () => {
		const open = chains({ allowIPIPPacketsFromWorkloads: true, allowVXLANPacketsFromWorkloads: true });
		expect(open.filter((line) => /multiport|-p 4/.test(line))).toEqual([]);
	});

	it("of a policy come before the profile", () => {
		const policy = {
			rules: () => [
				{ matches: [], target: { kind: "jump", chain: "cali-po-test" } as const, origin: { component: "felix" } },
			],
			chains: () => [],
			sets: () => [],
		};
		const found = saved(...endpointChains(ENDPOINT, DEFAULT_FELIX, policy)).filter((line) =>
			line.includes("-j cali-p"),
		);
		expect(found.map((line) => line.split(" ").at(-1))).toEqual([
			"cali-po-test",
			"cali-pri-kns.default",
			"cali-po-test",
			"cali-pro-kns.default",
		]);
	});
});

describe("a profile", () => {
	it("of a namespace accepts everything (conversion.go NamespaceToProfile)", () => {
		expect(saved(...profileChains(["default"]))).toEqual([
			"-A cali-pri-kns.default -j MARK --set-xmark 0x10000/0x10000",
			"-A cali-pri-kns.default -m mark --mark 0x10000/0x10000 -j RETURN",
			"-A cali-pro-kns.default -j MARK --set-xmark 0x10000/0x10000",
			"-A cali-pro-kns.default -m mark --mark 0x10000/0x10000 -j RETURN",
		]);
	});

	it("with a long name has its hash, in the 28 letters that iptables takes", () => {
		// printf 'kns.a-namespace-with-a-long-name' | openssl dgst -sha256 -binary | basenc --base64url
		const name = limitedName("cali-pri-", "kns.a-namespace-with-a-long-name");
		expect(name).toBe("cali-pri-_T0LsLRQ4nz4DJy5FRb");
	});
});

describe("the dispatch chains", () => {
	it("are a tree by the first letter that differs (felix/rules/dispatch_test.go)", () => {
		expect(
			saved(...dispatchChains(["cali1234", "cali1235", "cali2333"])).filter((line) => line.includes("from-wl")),
		).toEqual([
			"-A cali-from-wl-dispatch-1 -i cali1234 -g cali-fw-cali1234",
			"-A cali-from-wl-dispatch-1 -i cali1235 -g cali-fw-cali1235",
			"-A cali-from-wl-dispatch-1 -j DROP",
			"-A cali-from-wl-dispatch -i cali1+ -g cali-from-wl-dispatch-1",
			"-A cali-from-wl-dispatch -i cali2333 -g cali-fw-cali2333",
			"-A cali-from-wl-dispatch -j DROP",
		]);
	});

	it("of a node without pods drop everything", () => {
		expect(saved(...dispatchChains([]))).toEqual([
			"-A cali-from-wl-dispatch -j DROP",
			"-A cali-to-wl-dispatch -j DROP",
		]);
	});
});

describe("the tables", () => {
	it("FORWARD: first Felix's chain, and at the end what was accepted (static.go StaticFilterForwardAppendRules)", () => {
		const { hooks } = filterTable(NODE, []);
		expect(hooks.map(({ chain, how, rule }) => `${chain} ${how} ${rule.target?.kind}`)).toEqual([
			"INPUT insert jump",
			"FORWARD insert jump",
			"OUTPUT insert jump",
			"FORWARD append accept",
			"FORWARD append mark",
		]);
		const appended = filterTable({ ...NODE, settings: { ...DEFAULT_FELIX, chainInsertMode: "append" } }, []);
		expect(appended.hooks.every(({ how }) => how === "append")).toBe(true);
	});

	it("cali-FORWARD asks the chains of both ends (felix/rules/static_test.go)", () => {
		const forward = filterTable(NODE, []).chains.get("cali-FORWARD");
		expect(forward && saved(forward)).toEqual([
			"-A cali-FORWARD -j MARK --set-xmark 0x0/0xe0000",
			"-A cali-FORWARD -m mark --mark 0x0/0x10000 -j cali-from-hep-forward",
			"-A cali-FORWARD -i cali+ -j cali-from-wl-dispatch",
			"-A cali-FORWARD -o cali+ -j cali-to-wl-dispatch",
			"-A cali-FORWARD -j cali-to-hep-forward",
			"-A cali-FORWARD -j cali-cidr-block",
		]);
	});

	it("cali-INPUT takes tunnelled packets from nodes alone", () => {
		const input = filterTable(NODE, []).chains.get("cali-INPUT");
		expect(input && saved(input).slice(0, 2)).toEqual([
			"-A cali-INPUT -p 4 -m set --match-set cali40all-hosts-net src -m addrtype --dst-type LOCAL -j ACCEPT",
			"-A cali-INPUT -p 4 -j DROP",
		]);
	});

	it("raw drops what a pod sends from an address that is not its own", () => {
		const prerouting = rawTable(NODE).chains.get("cali-PREROUTING");
		expect(prerouting && saved(prerouting)).toEqual([
			"-A cali-PREROUTING -j MARK --set-xmark 0x0/0xf0000",
			"-A cali-PREROUTING -i cali+ -j MARK --set-xmark 0x40000/0x40000",
			"-A cali-PREROUTING -m mark --mark 0x40000/0x40000 -j cali-rpf-skip",
			"-A cali-PREROUTING -m mark --mark 0x40000/0x40000 -m rpfilter --validmark --invert -j DROP",
			"-A cali-PREROUTING -m mark --mark 0x0/0x40000 -j cali-from-host-endpoint",
			"-A cali-PREROUTING -m mark --mark 0x10000/0x10000 -j ACCEPT",
		]);
	});

	it("nat gives what leaves the pools the node's address, and the tunnel's to what would leave with another (nat_test.go)", () => {
		const { chains } = natTable(NODE, { natOutgoing: true, tunnels: ["tunl0"] });
		const own = ["cali-nat-outgoing", "cali-POSTROUTING"]
			.map((name) => chains.get(name))
			.filter((each) => each !== undefined);
		expect(saved(...own)).toEqual([
			"-A cali-nat-outgoing -m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE --random-fully",
			"-A cali-POSTROUTING -j cali-fip-snat",
			"-A cali-POSTROUTING -j cali-nat-outgoing",
			"-A cali-POSTROUTING -o tunl0 -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE --random-fully",
		]);
	});
});

describe("endpoints' marks", () => {
	it("are FNV-1 of the name, and the next that is free (felix/rules/endpoint_mark_mapper.go)", () => {
		const marks = endpointMarks(["cali1234", "cali1235"]);
		expect([...marks.values()].every((value) => (value & 0x000f_ffff) === 0 && value !== 0)).toBe(true);
		expect(new Set(marks.values()).size).toBe(2);
	});

	it("of four thousand endpoints are all different, and none is that of packets by no endpoint", () => {
		const marks = endpointMarks(Array.from({ length: 4094 }, (_, i) => `cali${i}`));
		expect(new Set(marks.values()).size).toBe(4094);
		expect([...marks.values()]).not.toContain(0x10_0000);
	});
});
