/** Hybridnet's objects: what is refused, where it stands, and what would be right. */
import { expect, test } from "vitest";
import { errorOf } from "../support/manifests.ts";

function network(spec: string): string {
	return errorOf(`apiVersion: networking.alibaba.com/v1\nkind: Network\nmetadata: { name: n }\nspec: { ${spec} }`);
}

test.each([
	[
		"type: Underlay, mode: VLAN, netID: 5000",
		"a.yaml:4:44: spec.netID must be a whole number from 0 to 4094, not 5000",
	],
	["type: Overlay, netID: 16777216", "a.yaml:4:31: spec.netID must be a whole number from 0 to 16777215, not 16777216"],
	// RFC 6793: four octets; RFC 7607: not 0.
	[
		"mode: BGP, config: { bgpPeers: [{ asn: 4294967296, address: 10.0.0.1 }] }",
		"a.yaml:4:48: spec.config.bgpPeers[0].asn must be a whole number from 1 to 4294967295, not 4294967296",
	],
	[
		"mode: BGP, config: { bgpPeers: [{ asn: 0, address: 10.0.0.1 }] }",
		"a.yaml:4:48: spec.config.bgpPeers[0].asn must be a whole number from 1 to 4294967295, not 0",
	],
	["type: Overlay, mode: BGP", "a.yaml:4:30: spec.mode BGP is not one of a network of type Overlay"],
])("%s", (spec, error) => {
	expect(network(spec)).toBe(error);
});
