/** The answer as a picture in a file of its own, in the page's language; loaded with the first that is saved. */
import { ENGLISH_PICTURE, type Explanation, type Language, type PictureWords, renderSvg } from "@podpath/core";
import type { Texts } from "../../texts/en.ts";

export function savedPicture(explanation: Explanation, texts: Texts, language: Language): string {
	return renderSvg(explanation, wordsIn(texts, language));
}

function wordsIn({ path, verdicts }: Texts, language: Language): PictureWords {
	return {
		...SENTENCES[language],
		forward: path.forward,
		reply: path.reply,
		refusal: path.refusal,
		begins: path.startSign,
		arrives: path.arrivalSign,
		ends: path.endSign,
		cause: path.causeSign,
		notReached: path.notReached,
		notReachedAt: path.notReachedSign,
		verdict: (verdict) => verdicts[verdict],
	};
}

const SENTENCES: Readonly<Record<Language, Pick<PictureWords, "paths" | "path" | "alike" | "rewritten">>> = {
	en: ENGLISH_PICTURE,
	zh: {
		paths: (count) => `${count} 条路`,
		path: (position, share, verdict) => `第 ${position} 条路，${share}，${verdict}`,
		alike: (count) => `，${count} 条相同，画出其中一条`,
		rewritten: (what, at, by) => `${what}，在 ${at}${by === "" ? "" : `，由 ${by}`}`,
	},
};
