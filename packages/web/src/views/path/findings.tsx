/** What an operator should know, with what to do. */
import type { Finding } from "@podpath/core";
import type { JSX } from "preact";
import { useTexts } from "../../texts/language.ts";

export function Findings({ findings }: { readonly findings: readonly Finding[] }): JSX.Element | null {
	const texts = useTexts();
	if (findings.length === 0) return null;
	return (
		<section class="findings">
			<h2>{texts.path.findings}</h2>
			<ul>
				{findings.map(({ code, severity, message, fix, object }, index) => (
					<li key={index} class={severity}>
						<p>
							<span class="severity">{texts.severities[severity]}</span> {message}
						</p>
						{fix !== undefined && (
							<p class="fix">
								<b>{texts.path.fix}</b>
								{texts.colon}
								{fix}
							</p>
						)}
						<p class="quiet">
							<code>{code}</code>
							{object !== undefined && <code>{object}</code>}
						</p>
					</li>
				))}
			</ul>
		</section>
	);
}
