/** AS numbers as Calico writes them: a number, its digits as text, or `1.10` (RFC 5396). */
import { phrase } from "../../../wording/phrase.ts";
import type { Field } from "../../field.ts";

const LARGEST = 0xffff_ffff;

/** Null where none is said. */
export function asNumberIn(field: Field): number | null {
	if (!field.present || field.value === "") return null;
	const number = typeof field.value === "number" ? field.value : parseAsNumber(String(field.value));
	const valid = number !== undefined && Number.isInteger(number) && number >= 0 && number <= LARGEST;
	if (!valid) return field.mustBe(phrase("as-number"), phrase("as-number-forms"));
	return number === 0 ? null : number;
}

/** Undefined where the text is no AS number. */
export function parseAsNumber(text: string): number | undefined {
	if (/^\d{1,10}$/.test(text)) return Number(text);
	const [, high, low] = /^(\d{1,5})\.(\d{1,5})$/.exec(text) ?? [];
	if (high === undefined || low === undefined || Number(high) > 0xffff || Number(low) > 0xffff) return undefined;
	return Number(high) * 0x1_0000 + Number(low);
}
