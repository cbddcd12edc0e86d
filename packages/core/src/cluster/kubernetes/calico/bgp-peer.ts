/** BGPPeer (projectcalico/api pkg/apis/projectcalico/v3/bgppeer.go). */

import { type Address, parseAddress } from "../../../address/address.ts";
import { type Phrase, phrase } from "../../../wording/phrase.ts";
import type { BgpPeer } from "../../calico-objects.ts";
import { readCalicoSelector } from "../../calico-selector.ts";
import type { Field } from "../../field.ts";
import { clusterMeta } from "../../metadata.ts";
import { type FieldNames, fieldNames, type Spelling } from "../field-names.ts";
import { asNumberIn } from "./as-number.ts";

const SPEC: FieldNames = fieldNames(
	`node nodeSelector peerIP peerSelector asNumber localASNumber keepOriginalNextHop nextHopMode numAllowedLocalASNumbers
	 reversePeering filters`,
	"password sourceAddress maxRestartTime ttlSecurity reachableBy failureDetectionMode restartMode localWorkloadSelector keepaliveTime",
);

export function readBgpPeer(object: Field, spelling: Spelling): BgpPeer {
	const spec = object.at("spec");
	spelling.check(spec, SPEC, "BGPPeer");
	const peer: BgpPeer = {
		...clusterMeta(object),
		kind: "BGPPeer",
		node: spec.at("node").text(),
		nodeSelector: readCalicoSelector(spec.at("nodeSelector")),
		peerIP: peerAddress(spec.at("peerIP")),
		peerSelector: readCalicoSelector(spec.at("peerSelector")),
		asNumber: asNumberIn(spec.at("asNumber")),
		localASNumber: asNumberIn(spec.at("localASNumber")),
		nextHop: nextHopMode(spec),
		numAllowedLocalASNumbers: spec.at("numAllowedLocalASNumbers").integer(0),
		reversePeering: spec.at("reversePeering").oneOf(["Auto", "Manual"], "Auto"),
		filters: spec
			.at("filters")
			.items()
			.map((each) => each.text()),
	};
	refuseContradictions(peer, spec);
	return peer;
}

/** What the API server's validation refuses (libcalico-go/lib/validator/v3 validateBGPPeerSpec). */
function refuseContradictions(peer: BgpPeer, spec: Field): void {
	if (peer.node !== "" && peer.nodeSelector !== null) {
		refuseBoth(spec.at("node"), spec.at("nodeSelector"), phrase("use-one"));
	}
	if (peer.peerIP !== null && peer.peerSelector !== null) {
		refuseBoth(spec.at("peerIP"), spec.at("peerSelector"), phrase("use-one"));
	}
	if (peer.asNumber !== null && peer.peerSelector !== null) {
		const message = phrase("both-set", { one: spec.at("asNumber").label, other: spec.at("peerSelector").label });
		spec.at("asNumber").fail("conflicting-settings", message, phrase("selected-have-own"));
	}
}

function refuseBoth(one: Field, other: Field, hint: Phrase): never {
	return other.fail("conflicting-settings", phrase("both-set", { one: one.label, other: other.label }), hint);
}

/** `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`: the port has no part in which routes there are. */
function peerAddress(field: Field): Address | null {
	const text = field.text();
	if (text === "") return null;
	const [, bracketed, plain] = /^(?:\[([^\]]+)\]:\d{1,5}|([\d.]+):\d{1,5})$/.exec(text) ?? [];
	const found = parseAddress(bracketed ?? plain ?? text);
	return found ?? field.mustBe(phrase("address-maybe-port"));
}

function nextHopMode(spec: Field): BgpPeer["nextHop"] {
	switch (spec.at("nextHopMode").oneOf(["Auto", "Self", "Keep"], "Auto")) {
		case "Self":
			return "self";
		case "Keep":
			return "keep";
		case "Auto":
			return spec.at("keepOriginalNextHop").boolean(false) ? "keep" : "default";
	}
}
