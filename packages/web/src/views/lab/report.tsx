/** What the kernel did, beside what was predicted. */
import { formatShare, type LabReport } from "@podpath/core";
import type { ComponentChildren, JSX } from "preact";
import { download } from "../../browser.ts";
import { VerdictBadge } from "../../parts/verdict.tsx";
import { LAB } from "../../texts/lab.ts";
import { useTexts, useTextsOf } from "../../texts/language.ts";
import { Hops } from "./hops.tsx";

const TONES = { proven: "good", differs: "bad", "not-verified": "unsure" } as const;
const SIGNS = { proven: "✓", differs: "✕", "not-verified": "?" } as const;

export function Report({ report }: { readonly report: LabReport }): JSX.Element {
	const { comparison } = report;
	return (
		<section class="lab-report">
			<Outcome report={report} />
			{comparison !== null && <Hops comparison={comparison} />}
			{comparison !== null && <Others report={report} />}
			{comparison !== null && <Afterwards report={report} />}
		</section>
	);
}

function Outcome({ report }: { readonly report: LabReport }): JSX.Element {
	const texts = useTextsOf(LAB);
	const { colon } = useTexts();
	const { verdict, kernel, probes, comparison, capture } = report;
	return (
		<>
			<p class="outcome-line" role="status">
				<span class={`badge tone-${TONES[verdict.kind]}`}>
					<span aria-hidden="true">{SIGNS[verdict.kind]}</span> {texts.verdicts[verdict.kind]}
				</span>
				<span>{texts.verdictHints[verdict.kind]}</span>
				{kernel !== null && <span class="quiet">{texts.on(kernel.backend, kernel.release)}</span>}
				{probes > 0 && <span class="quiet">{texts.probes(probes)}</span>}
				{capture !== null && (
					<button type="button" onClick={() => download("podpath.pcapng", bytesOf(capture))}>
						{texts.download}
					</button>
				)}
			</p>
			{verdict.kind === "not-verified" && <pre class="why">{verdict.why}</pre>}
			{comparison !== null && (
				<p class="outcome-line">
					<VerdictBadge verdict={comparison.verdict} /> <span>{comparison.reason}</span>
					<span class="quiet">
						{texts.met}
						{colon}
						{texts.results[comparison.result] ?? <code>{comparison.result}</code>}
					</span>
				</p>
			)}
		</>
	);
}

function bytesOf(base64: string): Blob {
	const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
	return new Blob([bytes], { type: "application/x-pcapng" });
}

/** What a reader should know besides the hops. */
function Others({ report }: { readonly report: LabReport }): JSX.Element {
	const texts = useTextsOf(LAB);
	const { colon, comma } = useTexts();
	const { ways, comparison, omitted, leftOut = 0 } = report;
	const { differences = [], remarks = [] } = comparison ?? {};
	const rest = differences.filter(({ ofHop }) => !ofHop);
	return (
		<>
			<Part title={texts.differences} items={rest}>
				{rest.map(({ about, predicted, observed }) => (
					<li key={about} class="tone-bad">
						<b>{about}</b>
						{colon}
						{texts.predicted} <code>{predicted}</code>
						{comma}
						{texts.observed} <code>{observed}</code>
					</li>
				))}
			</Part>
			<Part title={texts.ways} items={ways.length > 1 ? ways : []}>
				{ways.map(({ weight, seen }, index) => (
					<li key={index} class={seen === 0 ? "tone-unsure" : ""}>
						{texts.way(index + 1, formatShare(weight), seen)}
					</li>
				))}
			</Part>
			<Part title={texts.remarks} items={remarks}>
				{remarks.map((each) => (
					<li key={each}>{each}</li>
				))}
			</Part>
			<Part title={texts.omitted} items={leftOut > 0 ? [leftOut, ...omitted] : omitted}>
				{leftOut > 0 && <li>{texts.leftOut(leftOut)}</li>}
				{omitted.map((each) => (
					<li key={each}>{each}</li>
				))}
			</Part>
		</>
	);
}

interface PartProps {
	readonly title: string;
	readonly items: readonly unknown[];
	readonly children: ComponentChildren;
}

function Part({ title, items, children }: PartProps): JSX.Element | null {
	if (items.length === 0) return null;
	return (
		<section>
			<h2>{title}</h2>
			<ul>{children}</ul>
		</section>
	);
}

function Afterwards({ report }: { readonly report: LabReport }): JSX.Element {
	const texts = useTextsOf(LAB);
	const { servers, conntrack } = report;
	return (
		<>
			<section>
				<h2>{texts.servers}</h2>
				{servers.length === 0 && <p class="quiet">{texts.noServer}</p>}
				<ul>
					{servers.map(({ at, address, peer }) => (
						<li key={`${at} ${address} ${peer}`}>
							<b>{at}</b>: {texts.sawClient(address, peer)}
						</li>
					))}
				</ul>
			</section>
			<section>
				<h2>{texts.conntrack}</h2>
				{conntrack.map(({ at, text }) => (
					<div key={at} class="conntrack">
						<h3>{at}</h3>
						{text === "" ? <p class="quiet">{texts.noConntrack}</p> : <pre tabIndex={0}>{text}</pre>}
					</div>
				))}
			</section>
		</>
	);
}
