/** `-m rpfilter`: the way back to the source (net/ipv4/netfilter/ipt_rpfilter.c, net/ipv6/netfilter/ip6t_rpfilter.c). */
import { isMulticast, isUnspecified } from "../../../address/address.ts";
import { isUnknowable, negateIf, type RuleContext, type Truth } from "../../context.ts";
import type { MatchExtension } from "../extension.ts";
import { printModule } from "../words.ts";

export interface RpfilterMatch {
	readonly kind: "rpfilter";
	/** Any route back will do, not only one out of the device that the packet came in by. */
	readonly loose: boolean;
	/** The look-up uses the packet's mark. */
	readonly validMark: boolean;
	/** A source that is this stack's own address is allowed. */
	readonly acceptLocal: boolean;
	/** Matches where the test fails. */
	readonly invert: boolean;
}

const OPTIONS = ["--loose", "--validmark", "--accept-local", "--invert"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const rpfilterExtension: MatchExtension<RpfilterMatch> = {
	kind: "rpfilter",
	module: "rpfilter",
	options: OPTIONS,
	parse: (words) => {
		let match: RpfilterMatch = {
			kind: "rpfilter",
			loose: false,
			validMark: false,
			acceptLocal: false,
			invert: false,
		};
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			if (name === "--loose") match = { ...match, loose: true };
			else if (name === "--validmark") match = { ...match, validMark: true };
			else if (name === "--accept-local") match = { ...match, acceptLocal: true };
			else match = { ...match, invert: true };
		}
		return match;
	},
	print: (match) =>
		printModule("rpfilter", [
			match.loose ? "--loose" : "",
			match.validMark ? "--validmark" : "",
			match.acceptLocal ? "--accept-local" : "",
			match.invert ? "--invert" : "",
		]),
	test: (match, at) => negateIf(match.invert, passes(match, at)),
};

function passes(match: RpfilterMatch, at: RuleContext): Truth {
	const { src, dst } = at.packet;
	// What this stack sent to itself keeps its route, which is local.
	if (at.inDevice === "lo") return true;
	if (isUnspecified(src)) return at.family === 6 || isMulticast(dst);
	const type = at.addressType(src);
	if (isUnknowable(type)) return type;
	if (type !== "UNICAST" && !(type === "LOCAL" && match.acceptLocal)) return false;
	const device = at.routeDevice(src, { from: dst, withMark: match.validMark, wanted: at.inDevice });
	if (device === null || isUnknowable(device)) return device ?? false;
	return match.loose || device === at.inDevice;
}
