/** The lab, where there is a kernel to ask; else why there is none. */
import type { LabOffer, ServedInput } from "@podpath/core";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { problemIn } from "../../backend/backend.ts";
import { labOffer } from "../../backend/lab.ts";
import { Notice } from "../../parts/notice.tsx";
import { Problem } from "../../parts/problem.tsx";
import { LAB } from "../../texts/lab.ts";
import { useTextsOf } from "../../texts/language.ts";

interface Props {
	readonly served: ServedInput;
	readonly children: JSX.Element;
}

export function Offered({ served, children }: Props): JSX.Element {
	const texts = useTextsOf(LAB);
	const [offer, setOffer] = useState<LabOffer | null>(null);
	const [problem, setProblem] = useState<ReturnType<typeof problemIn> | null>(null);
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		if (served.server !== true) return;
		setProblem(null);
		labOffer().then(setOffer, (error: unknown) => setProblem(problemIn(error)));
	}, [served, attempt]);
	if (served.server !== true) {
		return (
			<Notice tone="unsure">
				<b>{texts.needsServer}</b> {texts.needsServerHow}
			</Notice>
		);
	}
	if (problem !== null) return <Problem problem={problem} retry={() => setAttempt(attempt + 1)} />;
	if (offer === null) return <p class="quiet">{texts.probing}</p>;
	return offer.available ? children : <Unavailable offer={offer} />;
}

function Unavailable({ offer }: { readonly offer: LabOffer }): JSX.Element {
	const texts = useTextsOf(LAB);
	return (
		<Notice tone="unsure">
			<p>{texts.unavailable}</p>
			<ul>
				{offer.tried.map(({ kind, why }) => (
					<li key={kind}>
						<b>{kind}</b>: {why}
					</li>
				))}
			</ul>
		</Notice>
	);
}
