/** What an editor's text differs in from the file that it began with, kept up at each key without looking at the whole text. */
import { ChangeSet, type Text } from "@codemirror/state";
import { editOf, type ManifestFile } from "@podpath/core";
import type { Stretch } from "./draft.ts";

export class ChangesSince {
	readonly #file: ManifestFile;
	readonly #begun: Text;
	#now: Text;
	#changes: ChangeSet;

	/** `begun` is the file's text as the editor holds it. */
	constructor(file: ManifestFile, begun: Text) {
		this.#file = file;
		this.#begun = begun;
		this.#now = begun;
		this.#changes = ChangeSet.empty(begun.length);
	}

	add(more: ChangeSet, now: Text): void {
		this.#changes = this.#changes.compose(more);
		this.#now = now;
	}

	/** The one stretch in which all changes are; null: the text is the file's. */
	stretch(): Stretch | null {
		// The editor counts every line break as one character and writes it as one: the file's own places are other ones.
		const stretch = this.#file.text.length === this.#begun.length ? this.#changed() : this.#compared();
		const { text, instead } = stretch;
		return text === "" && instead.removed === 0 ? null : stretch;
	}

	/** From the text as it is to the file with that change alone; null: it is that already. */
	towards(wanted: Stretch | null): ChangeSet | null {
		if (isSame(this.stretch(), wanted)) return null;
		const back = this.#changes.invert(this.#begun);
		if (wanted === null) return back;
		const { from, removed } = wanted.instead;
		const isOwn = this.#file.text.length === this.#begun.length;
		const [start, end] = isOwn ? [from, from + removed] : [0, this.#begun.length];
		const insert = isOwn
			? wanted.text
			: this.#file.text.slice(0, from) + wanted.text + this.#file.text.slice(from + removed);
		return back.compose(ChangeSet.of({ from: start, to: end, insert }, this.#begun.length));
	}

	#changed(): Stretch {
		let [from, to, first, last] = [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, 0];
		this.#changes.iterChangedRanges((fromA, toA, fromB, toB) => {
			[from, to] = [Math.min(from, fromA), toA];
			[first, last] = [Math.min(first, fromB), toB];
		});
		const { name } = this.#file;
		if (from > to) return { name, text: "", instead: { from: 0, removed: 0 } };
		// A key that was taken back changes nothing.
		const was = { name, text: this.#begun.sliceString(from, to) };
		const { text, instead } = editOf(was, this.#now.sliceString(first, last));
		return { name, text, instead: { from: from + instead.from, removed: instead.removed } };
	}

	#compared(): Stretch {
		const begun = this.#begun.toString();
		const now = this.#now.toString();
		return now === begun ? editOf(this.#file, this.#file.text) : editOf(this.#file, now);
	}
}

function isSame(one: Stretch | null, other: Stretch | null): boolean {
	if (one === null || other === null) return one === other;
	return (
		one.text === other.text && one.instead.from === other.instead.from && one.instead.removed === other.instead.removed
	);
}
