/**
 * Somebody pressed the button for the lab in another view. It is not in the URL: a link from elsewhere must not start
 * anything on the server.
 */
import type { Question } from "@podpath/core";

let wished: string | null = null;

export function wishForLab(question: Question): void {
	wished = JSON.stringify(question);
}

/** True once, for that question. */
export function takeWishForLab(question: Question | null): boolean {
	const isIt = question !== null && wished === JSON.stringify(question);
	wished = null;
	return isIt;
}
