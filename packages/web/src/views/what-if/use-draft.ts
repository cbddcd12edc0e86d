/** The manifests of an input with what a person typed in them, which a reload of the page does not lose. */
import type { EditedFile, ManifestFile } from "@podpath/core";
import { useEffect, useMemo, useState } from "preact/hooks";
import { type Input, problemIn } from "../../backend/backend.ts";
import { backendFor } from "../../backend/backends.ts";
import { keep, kept } from "../../browser.ts";
import { draftOf, editsOf, parseTyped, type Typed, withText } from "./draft.ts";
import { type LinkState, useChangeLink } from "./use-change-link.ts";

export interface Draft {
	/** Null while they are on their way. */
	readonly files: readonly ManifestFile[] | null;
	readonly problem: ReturnType<typeof problemIn> | null;
	readonly retry: () => void;
	readonly changed: ReadonlySet<string>;
	/** The same of each of those files as a change of it. */
	readonly edited: readonly EditedFile[];
	/** Whether these are other than the input's own. */
	readonly isChange: (files: readonly ManifestFile[]) => boolean;
	/** The browser refused to keep what was typed: a reload loses it. */
	readonly unkept: boolean;
	readonly change: (name: string, text: string) => void;
	readonly reset: () => void;
	/** How often what is shown was not typed. */
	readonly resets: number;
	/** What the address has to do with it. */
	readonly link: LinkState;
}

interface Base {
	readonly files: readonly ManifestFile[] | null;
	readonly problem: Draft["problem"];
}

/** `name` is what the draft is kept under; `link` is the change that the address holds. */
export function useDraft(input: Input, name: string, link: string | undefined): Draft {
	const [base, setBase] = useState<Base>({ files: null, problem: null });
	const [typed, setTyped] = useState<Typed>(() => parseTyped(kept(name)));
	const [unkept, setUnkept] = useState(false);
	const [resets, setResets] = useState(0);
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		let current = true;
		backendFor(input)
			.manifests(input)
			.then(
				(files) => current && setBase({ files, problem: null }),
				(error: unknown) => current && setBase({ files: null, problem: problemIn(error) }),
			);
		return () => {
			current = false;
		};
	}, [name, attempt]);
	const store = (next: Typed): void => {
		setTyped(next);
		setUnkept(!keep(name, Object.keys(next).length === 0 ? null : JSON.stringify(next)));
	};
	const linked = useChangeLink(link, base.files, typed, (next) => {
		store(next);
		setResets((before) => before + 1);
	});
	const files = useMemo(
		() => (base.files === null || linked === "reading" ? null : draftOf(base.files, typed)),
		[base.files, typed, linked === "reading"],
	);
	const edited = useMemo(() => editsOf(base.files ?? [], typed), [base.files, typed]);
	return {
		files,
		problem: base.problem,
		retry: () => setAttempt(attempt + 1),
		changed: new Set(Object.keys(typed)),
		edited,
		isChange: (those) => those.some(({ text }, index) => text !== base.files?.[index]?.text),
		unkept,
		change: (file, text) => {
			const original = base.files?.find((each) => each.name === file);
			if (original !== undefined) store(withText(typed, original, text));
		},
		reset: () => {
			store({});
			setResets(resets + 1);
		},
		resets,
		link: linked,
	};
}
