/** Reads what is typed as the engine reads files: what is wrong with it, and the last of it that could be read. */
import type { ManifestFile, ToldDiagnostic } from "@podpath/core";
import { useEffect, useRef, useState } from "preact/hooks";
import { problemIn } from "../../backend/backend.ts";
import { engine } from "../../backend/backends.ts";

export interface Validation {
	readonly diagnostics: readonly ToldDiagnostic[];
	/** Null: nothing could be read yet. */
	readonly readable: readonly ManifestFile[] | null;
	/** What was typed last cannot be read. */
	readonly isUnreadable: boolean;
}

/** One reading at a time: what is outdated before its turn has come is not read at all. */
export function useValidation(files: readonly ManifestFile[] | null): Validation {
	const [state, setState] = useState<Omit<Validation, "isUnreadable">>({
		diagnostics: [],
		readable: null,
	});
	const reading = useRef<Promise<void>>(Promise.resolve());
	useEffect(() => {
		if (files === null) return;
		let current = true;
		const validate = async (): Promise<void> => {
			if (!current) return;
			const diagnostics = await engine.validate(files).catch(diagnosticOf);
			if (!current) return;
			const isWrong = diagnostics.some(isError);
			setState(({ readable }) => ({ diagnostics, readable: isWrong ? readable : files }));
		};
		reading.current = reading.current.then(validate);
		return () => {
			current = false;
		};
	}, [files]);
	return { ...state, isUnreadable: state.diagnostics.some(isError) };
}

function isError({ severity }: ToldDiagnostic): boolean {
	return severity === "error";
}

function diagnosticOf(error: unknown): readonly ToldDiagnostic[] {
	const { code, message } = problemIn(error);
	return [{ code, message, severity: "error" }];
}
