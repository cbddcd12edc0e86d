/** Which modes the URL names. */

/** In the modes' own order; all of them where none is named that there is. */
export function pickedModes(param: string | undefined, names: readonly string[]): readonly string[] {
	const wanted = new Set((param ?? "").split(","));
	const picked = names.filter((name) => wanted.has(name));
	return picked.length === 0 ? names : picked;
}

/** Without or with one more. All of them are said by naming none; the last one cannot go. */
export function toggled(mode: string, picked: readonly string[], names: readonly string[]): readonly string[] {
	const next = picked.includes(mode) ? picked.filter((each) => each !== mode) : [...picked, mode];
	if (next.length === 0) return picked;
	return next.length === names.length ? [] : names.filter((name) => next.includes(name));
}

/** The modes of one CNI stand together: `calico-bgp` and `calico-ipip`. */
export function byPlugin(names: readonly string[]): readonly (readonly string[])[] {
	return [...Map.groupBy(names, (name) => name.split("-")[0]).values()];
}
