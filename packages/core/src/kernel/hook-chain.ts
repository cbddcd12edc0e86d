/** A chain at a hook, of either kind. */
import type { NftChain, NftTable } from "../netfilter/nftables/ruleset.ts";
import { runNftChain } from "../netfilter/nftables/run.ts";
import type { ChainEffect, Hits } from "../netfilter/result.ts";
import type { CompiledChain, CompiledTable } from "../netfilter/xtables/compiled-chain.ts";
import { runReadyChain } from "../netfilter/xtables/walk.ts";
import type { SkbContext } from "./rule-context.ts";

export type HookChain =
	| { readonly kind: "xt"; readonly table: CompiledTable; readonly chain: CompiledChain }
	| { readonly kind: "nft"; readonly table: NftTable; readonly chain: NftChain };

/** Runs it. The rules that had a part are added to `hits`. */
export function runHookChain(chain: HookChain, context: SkbContext, hits: Hits | null): ChainEffect {
	return chain.kind === "xt"
		? runReadyChain(chain.table, chain.chain, context, hits)
		: runNftChain(chain.table, chain.chain, context, hits);
}

/** As explanations call it. */
export function chainName(chain: HookChain): string {
	if (chain.kind === "xt") return `${chain.table.label} ${chain.chain.chain.name}`;
	return `nft ${chain.table.family} ${chain.table.name} ${chain.chain.name}`;
}
