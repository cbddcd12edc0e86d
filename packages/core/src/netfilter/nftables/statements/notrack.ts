/** Takes the packet out of connection tracking (net/netfilter/nft_ct.c, nft_notrack_eval). */
import { CONTINUE } from "../../context.ts";
import type { StatementExtension } from "./extension.ts";

export interface NotrackStatement {
	readonly kind: "notrack";
}

export const notrackExtension: StatementExtension<NotrackStatement> = {
	words: ["notrack"],
	parse: () => ({ kind: "notrack" }),
	keys: ["notrack"],
	fromJson: () => ({ kind: "notrack" }),
	print: () => "notrack",
	toJson: () => ({ notrack: null }),
	run: (_, { at }) => {
		at.setUntracked();
		return CONTINUE;
	},
};
