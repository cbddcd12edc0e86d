/** Whether a text that should be Chinese still has English sentences in it. */

/** Three words in small letters one after the other: names, fields, kinds and commands are seldom that. */
const ENGLISH_WORDS = /(?<![\w./"-])[a-z]+(?: [a-z]+){2,}(?![\w./"=:-])/g;

/** The stretches that read like English sentences. */
export function englishIn(text: string): readonly string[] {
	return text.match(ENGLISH_WORDS) ?? [];
}
