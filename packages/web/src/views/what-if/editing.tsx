/** The editor with its files, what is wrong in them, and the way back to how they were. */
import type { ManifestFile, ToldDiagnostic } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useFollowedAgain } from "../../navigation.ts";
import { Choice } from "../../parts/choice.tsx";
import { Notice } from "../../parts/notice.tsx";
import { useLanguage, useTexts, useTextsOf } from "../../texts/language.ts";
import { WHAT_IF } from "../../texts/what-if.ts";
import { type Goal, ManifestEditor } from "./manifest-editor.tsx";
import { Problems } from "./problems.tsx";
import type { Draft } from "./use-draft.ts";
import type { Validation } from "./use-validation.ts";

interface Props {
	readonly draft: Draft;
	/** As they were before anybody changed them. */
	readonly files: readonly ManifestFile[];
	readonly validation: Validation;
	/** Where the address leads. */
	readonly at: LinePointedAt | null;
}

export interface LinePointedAt {
	readonly file: string;
	readonly line: number;
}

export function Editing({ draft, files, validation, at }: Props): JSX.Element {
	const texts = useTextsOf(WHAT_IF);
	const language = useLanguage();
	const [name, setName] = useState("");
	const [goal, setGoal] = useState<Goal | null>(null);
	const file = files.find((each) => each.name === name) ?? files[0];
	const diagnostics = useMemo(
		() => validation.diagnostics.filter(({ where }) => (where?.file ?? file?.name) === file?.name),
		[validation.diagnostics, file?.name],
	);
	const goTo = ({ file: wanted, line, column = 1 }: NonNullable<ToldDiagnostic["where"]>): void => {
		setName(wanted);
		setGoal({ line, column, turn: (goal?.turn ?? 0) + 1 });
	};
	const goWhereLed = (): void => {
		if (at !== null && files.some((each) => each.name === at.file)) goTo(at);
	};
	useEffect(goWhereLed, [at?.file, at?.line]);
	useFollowedAgain(goWhereLed);
	return (
		<section class="editing" aria-label={texts.manifests}>
			<div class="bar">
				<Choice
					label={texts.file}
					value={file?.name ?? ""}
					options={files.map((each) => [
						each.name,
						// First, since a long name is cut off at its end.
						`${draft.changed.has(each.name) ? `(${texts.changed}) ` : ""}${each.name}`,
					])}
					onChoose={(chosen) => {
						setName(chosen);
						setGoal(null);
					}}
				/>
				<button type="button" disabled={draft.changed.size === 0} onClick={draft.reset}>
					{texts.reset}
				</button>
			</div>
			{draft.link === "too-long" && <Notice tone="unsure">{texts.linkTooLong}</Notice>}
			{draft.link === "unreadable" && <Notice tone="unsure">{texts.linkUnreadable}</Notice>}
			{draft.returned && draft.changed.size > 0 && <Returned draft={draft} validation={validation} />}
			{draft.unkept && <Notice tone="unsure">{texts.unkept}</Notice>}
			{file !== undefined && (
				<ManifestEditor
					key={`${file.name} ${language}`}
					file={file}
					stretch={draft.edited.find((each) => each.name === file.name) ?? null}
					turn={draft.resets}
					diagnostics={diagnostics}
					goal={goal}
					onChange={(stretch) => draft.change(file.name, stretch)}
				/>
			)}
			<Problems diagnostics={validation.diagnostics} onGoTo={goTo} />
		</section>
	);
}

/** Somebody who comes back may have forgotten that these are not the input's own manifests. */
function Returned({ draft, validation }: Pick<Props, "draft" | "validation">): JSX.Element {
	const texts = useTextsOf(WHAT_IF);
	const { comma } = useTexts();
	const files = [...draft.changed].join(comma);
	return <Notice tone="unsure">{(validation.isUnreadable ? texts.returnedBroken : texts.returned)(files)}</Notice>;
}
