/** What the path leaves behind and shows: rewrites, conntrack entries, where addresses can be seen. */
import { type ExplainedConntrack, type ExplainedPath, endpoint, formatOrigin } from "@podpath/core";
import type { ComponentChildren, JSX } from "preact";
import { useTexts } from "../../texts/language.ts";

export function Facts({ path }: { readonly path: ExplainedPath }): JSX.Element {
	const { path: texts } = useTexts();
	const { nat, conntrack, securityGroups, serviceAddressSeenAt, clientAddress, stacks } = path;
	return (
		<section class="facts">
			<h2>{texts.facts}</h2>
			<dl>
				<Fact name={texts.nat}>
					{nat.map(({ at, kind, from, to, by }, index) => (
						<li key={index}>
							<code>{kind}</code> {from} → {to} <span class="quiet">{at}</span>
							{formatOrigin(by) !== "" && <span class="quiet"> · {formatOrigin(by)}</span>}
						</li>
					))}
				</Fact>
				<Fact name={texts.conntrack}>
					{conntrack.map((entry, index) => (
						<Entry key={index} entry={entry} />
					))}
				</Fact>
				{securityGroups.length > 0 && (
					<Fact name={texts.securityGroups}>
						{securityGroups.map(({ interface: eni, group, direction, decision, state, rule }, index) => (
							<li key={index} class={decision === "deny" ? "tone-bad" : ""}>
								<code>{eni}</code> {texts.judgement[direction]} <b>{texts.judgement[decision]}</b>{" "}
								<span class="quiet">{texts.judgement[state]}</span> {group}: {rule}
							</li>
						))}
					</Fact>
				)}
				<Fact name={texts.serviceSeen}>
					{serviceAddressSeenAt.map(({ at, device }, index) => (
						<li key={index}>
							{at} {device !== undefined && <code>{device}</code>}
						</li>
					))}
				</Fact>
				{clientAddress !== null && (
					<Fact name={texts.client}>
						{[
							<li key="client" class={clientAddress.preserved ? "" : "tone-unsure"}>
								{clientAddress.preserved
									? texts.clientKept(clientAddress.seen)
									: texts.clientLost(clientAddress.seen, clientAddress.lostAt ?? "")}
								{clientAddress.by !== undefined && <span class="quiet"> · {clientAddress.by}</span>}
							</li>,
						]}
					</Fact>
				)}
				<Fact name={texts.stacks}>
					{stacks.map((place, index) => (
						<li key={index}>{place}</li>
					))}
				</Fact>
			</dl>
		</section>
	);
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren[] }): JSX.Element {
	const { path: texts } = useTexts();
	return (
		<div>
			<dt>{name}</dt>
			<dd>{children.length === 0 ? <span class="quiet">{texts.none}</span> : <ul>{children}</ul>}</dd>
		</div>
	);
}

function Entry({ entry }: { readonly entry: ExplainedConntrack }): JSX.Element {
	const { path: texts } = useTexts();
	const { at, protocol, original, reply } = entry;
	return (
		<li>
			<p>
				{at} <code>{protocol}</code>
			</p>
			<p>
				<span class="quiet">{texts.original}</span> {endpoint(original.src, original.sport)} →{" "}
				{endpoint(original.dst, original.dport)}
			</p>
			<p>
				<span class="quiet">{texts.replyTuple}</span> {endpoint(reply.src, reply.sport)} →{" "}
				{endpoint(reply.dst, reply.dport)}
			</p>
		</li>
	);
}
