/** ACCEPT, DROP and RETURN. */
import { ACCEPT, DROP, type Effect, RETURN } from "../../context.ts";
import type { TargetExtension } from "../extension.ts";

export interface VerdictTarget<Kind extends "accept" | "drop" | "return"> {
	readonly kind: Kind;
}

function verdictExtension<Kind extends "accept" | "drop" | "return">(
	kind: Kind,
	effect: Effect,
): TargetExtension<VerdictTarget<Kind>> {
	const module = kind.toUpperCase();
	const target: VerdictTarget<Kind> = { kind };
	return { kind, module, options: [], parse: () => target, print: () => `-j ${module}`, apply: () => effect };
}

export const acceptExtension: TargetExtension<VerdictTarget<"accept">> = verdictExtension("accept", ACCEPT);
export const dropExtension: TargetExtension<VerdictTarget<"drop">> = verdictExtension("drop", DROP);
export const returnExtension: TargetExtension<VerdictTarget<"return">> = verdictExtension("return", RETURN);
