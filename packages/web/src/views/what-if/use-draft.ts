/** The manifests of an input with what a person typed in them, which a reload of the page does not lose. */
import type { ManifestFile } from "@podpath/core";
import { useEffect, useMemo, useState } from "preact/hooks";
import { type Input, problemIn } from "../../backend/backend.ts";
import { backendFor } from "../../backend/backends.ts";
import { keep, kept } from "../../browser.ts";
import { draftOf, hunksOf, type Stretch, type Typed, typedFrom, withStretch } from "./draft.ts";
import { type LinkState, useChangeLink } from "./use-change-link.ts";

export interface Draft {
	/** As they are with what was typed. Null while they are on their way. */
	readonly files: readonly ManifestFile[] | null;
	/** As they were before. */
	readonly base: readonly ManifestFile[] | null;
	readonly problem: ReturnType<typeof problemIn> | null;
	readonly retry: () => void;
	readonly changed: ReadonlySet<string>;
	/** What was typed, of each of those files. */
	readonly edited: readonly Stretch[];
	/** Whether these are other than the input's own. */
	readonly isChange: (files: readonly ManifestFile[]) => boolean;
	/** The browser refused to keep what was typed: a reload loses it. */
	readonly unkept: boolean;
	/** What is changed was typed before one came here. */
	readonly returned: boolean;
	/** Null: the file is as it was. */
	readonly change: (name: string, stretch: Stretch | null) => void;
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
	const [typed, setTyped] = useState<Typed>({});
	const [unkept, setUnkept] = useState(false);
	const [forgotten, setForgotten] = useState(false);
	const [returned, setReturned] = useState(false);
	const [resets, setResets] = useState(0);
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		let current = true;
		backendFor(input)
			.manifests(input)
			.then(
				(files) => {
					if (!current) return;
					const before = kept(name);
					const found = before === null ? {} : typedFrom(before, files);
					setBase({ files, problem: null });
					setTyped(found ?? {});
					setForgotten(found === null);
					setReturned(found !== null && before !== null);
				},
				(error: unknown) => current && setBase({ files: null, problem: problemIn(error) }),
			);
		return () => {
			current = false;
		};
	}, [name, attempt]);
	const store = (next: Typed): void => {
		setTyped(next);
		setForgotten(false);
		setReturned(false);
		const hunks = hunksOf(base.files ?? [], next);
		setUnkept(!keep(name, hunks.length === 0 ? null : JSON.stringify(hunks)));
	};
	const linked = useChangeLink(link, base.files, typed, (next) => {
		store(next);
		setResets((before) => before + 1);
	});
	const files = useMemo(
		() => (base.files === null || linked === "reading" ? null : draftOf(base.files, typed)),
		[base.files, typed, linked === "reading"],
	);
	const edited = useMemo(() => Object.values(typed), [typed]);
	return {
		files,
		base: base.files,
		problem: base.problem,
		retry: () => setAttempt(attempt + 1),
		changed: new Set(Object.keys(typed)),
		edited,
		isChange: (those) => those.some((file, index) => file !== base.files?.[index]),
		unkept,
		returned,
		change: (file, stretch) => store(withStretch(typed, file, stretch)),
		reset: () => {
			store({});
			setResets(resets + 1);
		},
		resets,
		link: forgotten ? "unreadable" : linked,
	};
}
