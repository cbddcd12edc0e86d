/** A frame reaches a fabric device: what that device does with it. */
import { because } from "../kernel/because.ts";
import type { Next, Walk } from "../kernel/walk.ts";
import { phrase } from "../wording/phrase.ts";
import type { Arrival } from "./arrival.ts";
import { fabricEnd } from "./end.ts";
import { throughInternet } from "./internet.ts";
import { throughSegment } from "./segment.ts";
import { throughVpc } from "./vpc.ts";

export function throughFabric(walk: Walk, arrival: Arrival): Next {
	const device = walk.network.fabric(arrival.fabric);
	if (device === undefined) {
		return fabricEnd(
			arrival.fabric,
			arrival.frame,
			"exits",
			because("outside", {
				device: arrival.from.device,
				nextHop: arrival.frame.packet.dst.text,
				why: phrase("place-not-described", { place: arrival.fabric }),
			}),
		);
	}
	switch (device.kind) {
		case "segment":
			return throughSegment(walk, device, arrival);
		case "vpc":
			return throughVpc(walk, device, arrival);
		case "internet":
			return throughInternet(walk, device, arrival);
		case "load-balancer":
			return fabricEnd(
				device.place,
				arrival.frame,
				"unknown",
				because("cannot-evaluate", { what: phrase("what-balancer-card") }),
			);
	}
}
