/** What puts a finding right: a command is set as one and can be copied, an action is a sentence. */
import type { Finding } from "@podpath/core";
import type { JSX } from "preact";
import { CopyButton } from "./copy-button.tsx";
import { Sourced } from "./source-link.tsx";

interface Props {
	readonly text: string;
	readonly kind: Finding["fixKind"] | undefined;
}

export function FixText({ text, kind }: Props): JSX.Element {
	return kind === "command" ? <CommandText text={text} /> : <Sourced text={text} />;
}

/** A command as one types it. */
export function CommandText({ text }: { readonly text: string }): JSX.Element {
	return (
		<>
			<code class="command">{text}</code> <CopyButton text={() => text} />
		</>
	);
}
