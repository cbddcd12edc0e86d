/** Resource lists (`requests`, `limits`, `allocatable`), of which podpath reads those that are counts. */
import type { Field } from "../field.ts";
import { wholeQuantity } from "./quantity.ts";

/** `aliyun/eni`, `aliyun/member-eni`, `aliyun/erdma` (terway deviceplugin/eni.go). */
export function isTerwayResource(name: string): boolean {
	return name.startsWith("aliyun/");
}

/** The resources of a list that are wanted. Throws an InputError for a quantity that is no count. */
export function countsIn(list: Field, isWanted: (name: string) => boolean): Readonly<Record<string, number>> {
	const names = Object.keys(list.members()).filter(isWanted);
	return Object.fromEntries(names.map((name) => [name, wholeQuantity(list.at(name))]));
}
