/** CONNMARK: sets the connection's mark, or copies it from or to the packet (net/netfilter/xt_connmark.c, connmark_tg). */
import { phrase } from "../../../wording/phrase.ts";
import { CONTINUE } from "../../context.ts";
import type { TargetExtension } from "../extension.ts";
import { ALL_BITS } from "../matches/mark.ts";
import { hex, ParseFailure } from "../words.ts";
import { applyXmark, parseXmark, SET_MARK_OPTIONS } from "./mark.ts";

export type ConnmarkTarget =
	| { readonly kind: "connmark"; readonly action: "set"; readonly value: number; readonly mask: number }
	| {
			readonly kind: "connmark";
			readonly action: "save" | "restore";
			readonly packetMask: number;
			readonly connectionMask: number;
	  };

const COPIES: ReadonlyMap<string, "save" | "restore"> = new Map([
	["--save-mark", "save"],
	["--restore-mark", "restore"],
]);
const OPTIONS = [...SET_MARK_OPTIONS, ...COPIES.keys(), "--nfmask", "--ctmask", "--mask"] as const;
const OWNED: ReadonlySet<string> = new Set(OPTIONS);

export const connmarkExtension: TargetExtension<ConnmarkTarget> = {
	kind: "connmark",
	module: "CONNMARK",
	options: OPTIONS,
	parse: (words) => {
		let action: "save" | "restore" | undefined;
		let packetMask = ALL_BITS;
		let connectionMask = ALL_BITS;
		for (let name = words.option(OWNED); name !== null; name = words.option(OWNED)) {
			const copy = COPIES.get(name);
			if (copy !== undefined) action = copy;
			else if (name === "--nfmask") packetMask = words.number(ALL_BITS);
			else if (name === "--ctmask") connectionMask = words.number(ALL_BITS);
			else if (name === "--mask") {
				packetMask = words.number(ALL_BITS);
				connectionMask = packetMask;
			} else return { kind: "connmark", action: "set", ...parseXmark(name, words) };
		}
		if (action === undefined) throw new ParseFailure(phrase("nothing-to-do", { module: "CONNMARK" }));
		return { kind: "connmark", action, packetMask, connectionMask };
	},
	print: (target) =>
		target.action === "set"
			? `-j CONNMARK --set-xmark ${hex(target.value)}/${hex(target.mask)}`
			: `-j CONNMARK --${target.action}-mark --nfmask ${hex(target.packetMask)} --ctmask ${hex(target.connectionMask)}`,
	apply: (target, at) => {
		const { connection } = at;
		if (connection === null || connection.state === "invalid" || connection.state === "untracked") return CONTINUE;
		switch (target.action) {
			case "set":
				at.setConnectionMark(applyXmark(connection.mark, target));
				return CONTINUE;
			case "save":
				at.setConnectionMark(
					applyXmark(connection.mark, { value: at.mark & target.packetMask, mask: target.connectionMask }),
				);
				return CONTINUE;
			case "restore":
				at.setMark(applyXmark(at.mark, { value: connection.mark & target.connectionMask, mask: target.packetMask }));
				return CONTINUE;
		}
	},
};
