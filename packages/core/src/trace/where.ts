/** Where something that a finding names stands in the input. */
import { formatPosition } from "../diagnostic/diagnostic.ts";
import type { Origin, SourcePosition } from "../origin/origin.ts";

/** `(pods.yaml:12)` */
export function at(source: SourcePosition): string {
	return `(${formatPosition(source)})`;
}

/** ` (pods.yaml:12)`, with the blank before it; nothing where the origin has no position. */
export function whereOf(origin: Pick<Origin, "source"> | null): string {
	return origin?.source === undefined ? "" : ` ${at(origin.source)}`;
}
