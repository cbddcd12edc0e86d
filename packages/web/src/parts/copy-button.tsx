/** Copies a text, and says that it did. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { copyText } from "../browser.ts";
import { useTexts } from "../texts/language.ts";

interface Props {
	readonly text: () => string;
	readonly label?: string;
}

const SHOWN_MS = 1_500;

export function CopyButton({ text, label }: Props): JSX.Element {
	const texts = useTexts();
	const [copied, setCopied] = useState(false);
	useEffect(() => {
		if (!copied) return;
		const timer = setTimeout(() => setCopied(false), SHOWN_MS);
		return () => clearTimeout(timer);
	}, [copied]);
	return (
		<button type="button" class="small" onClick={() => void copyText(text()).then(setCopied)}>
			<span aria-live="polite">{copied ? texts.copied : (label ?? texts.copy)}</span>
		</button>
	);
}
