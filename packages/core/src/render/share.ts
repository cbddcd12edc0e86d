/** A share of connections as a person says it. */

/** `100 %`, `33 %`, `0.5 %`: never 0 % for something that does happen, never 100 % for something that may not. */
export function formatShare(weight: number): string {
	const percent = weight * 100;
	if (percent >= 99.95 || percent === 0) return `${Math.round(percent)} %`;
	if (percent < 0.01) return "< 0.01 %";
	const digits = percent < 1 ? 2 : percent < 10 || percent > 99 ? 1 : 0;
	return `${Number(percent.toFixed(digits))} %`;
}
