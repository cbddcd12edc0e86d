/** resource.Quantity, where a whole number is wanted: counts of pods and of network interfaces. */
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";

const QUANTITY = /^\+?(\d+)(?:\.(\d+))?(Ki|Mi|Gi|Ti|Pi|Ei|[munkMGTPE]|[eE][+-]?\d{1,2})?$/;
const BINARY: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** @throws {InputError} For what is no quantity, and for one that is no whole number. */
export function wholeQuantity(field: Field): number {
	const text = typeof field.value === "number" ? String(field.value) : field.text();
	const [, whole = "", fraction = "", suffix = ""] = QUANTITY.exec(text) ?? [];
	if (whole === "") return field.mustBe(phrase("a-quantity"), phrase("whole-as-in", { example: 10 }));
	const value = scaled(Number(`${whole}.${fraction || "0"}`), suffix);
	return Number.isSafeInteger(value) ? value : field.mustBe(phrase("whole-quantity"), phrase("as-in", { example: 10 }));
}

function scaled(value: number, suffix: string): number {
	if (suffix === "") return value;
	const binary = BINARY[suffix];
	if (binary !== undefined) return value * 1024 ** binary;
	const power = DECIMAL[suffix] ?? Number(suffix.slice(1));
	return power < 0 ? value / 10 ** -power : value * 10 ** power;
}
