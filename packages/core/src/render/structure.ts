/** What a path is like, whatever its places are called: for paths that are alike, and for where two part. */

/** Numbers places in the order in which they are met, each with its kind: `node1`, `pod0`. */
export function placeNumbers(): (at: string) => string {
	const numbers = new Map<string, number>();
	return (at) => {
		const number = numbers.get(at) ?? numbers.size;
		numbers.set(at, number);
		return `${at.slice(0, Math.max(0, at.indexOf("/")))}${number}`;
	};
}

/** Host ends of pods are named at random or by hash: `veth` and what follows, `cali` and 11 hex digits. */
export function deviceKind(device: string): string {
	return device.replace(/^(veth|cali|lxc|hybr)[0-9a-f_-]{4,}$/, "$1");
}
