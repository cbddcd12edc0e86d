/** The drawing as a list, for whoever does not see it or rather reads: fabrics, groups, machines, pods. */
import type { TopologyGroup, TopologyPod, TopologyReport } from "@podpath/core";
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { useTextsOf } from "../../texts/language.ts";
import { STATE } from "../../texts/state.ts";
import { TOPOLOGY } from "../../texts/topology.ts";

interface Props {
	readonly topology: TopologyReport;
	readonly groupName: (group: TopologyGroup) => string;
	readonly selected: string | null;
	readonly onSelect: (place: string) => void;
}

/** More lines at once make browsers slow. */
const PAGE = 200;

export function PlaceList({ topology, groupName, selected, onSelect }: Props): JSX.Element {
	const texts = useTextsOf(TOPOLOGY);
	const { fabrics, groups, loadBalancers, unplaced } = topology;
	const item = (place: string, addresses: readonly string[]): JSX.Element => (
		<Item key={place} place={place} addresses={addresses} current={place === selected} onSelect={onSelect} />
	);
	const machines = (group: TopologyGroup): JSX.Element => (
		<Folded key={`${group.fabric} ${groupName(group)}`} title={groupName(group)} count={group.machines.length}>
			{(most) =>
				group.machines.slice(0, most).map(({ place, addresses, pods }) => (
					<li key={place}>
						<ul>{item(place, addresses)}</ul>
						{pods.length > 0 && podsOf(pods, texts.podsOn(place))}
					</li>
				))
			}
		</Folded>
	);
	const podsOf = (pods: readonly TopologyPod[], title: string): JSX.Element => (
		<Folded title={`${title} · ${pods.length}`} count={pods.length}>
			{(most) => pods.slice(0, most).map(({ place, addresses }) => item(place, addresses))}
		</Folded>
	);
	return (
		<section class="place-list" aria-label={texts.list}>
			<h2>{texts.list}</h2>
			{fabrics.map(({ place, prefixes }) => (
				<div key={place} class="fabric">
					<ul>{item(place, prefixes)}</ul>
					{groups.filter(({ fabric }) => fabric === place).map(machines)}
				</div>
			))}
			{groups.filter(({ fabric }) => fabric === "").map(machines)}
			{loadBalancers.length > 0 && (
				<Folded title={`${texts.loadBalancers} · ${loadBalancers.length}`} count={loadBalancers.length}>
					{(most) => loadBalancers.slice(0, most).map(({ place, addresses }) => item(place, addresses))}
				</Folded>
			)}
			{unplaced.length > 0 && podsOf(unplaced, texts.unplaced)}
		</section>
	);
}

interface ItemProps {
	readonly place: string;
	readonly addresses: readonly string[];
	readonly current: boolean;
	readonly onSelect: (place: string) => void;
}

function Item({ place, addresses, current, onSelect }: ItemProps): JSX.Element {
	return (
		<li>
			<button type="button" class="link" aria-current={current ? "true" : undefined} onClick={() => onSelect(place)}>
				<code>{place}</code>
			</button>{" "}
			<span class="quiet">{addresses.join(" · ")}</span>
		</li>
	);
}

interface FoldedProps {
	readonly title: string;
	readonly count: number;
	/** Made when it is open, and of so many at most. */
	readonly children: (most: number) => ComponentChildren;
}

function Folded({ title, count, children }: FoldedProps): JSX.Element {
	const texts = useTextsOf(STATE);
	const [open, setOpen] = useState(false);
	const [most, setMost] = useState(PAGE);
	return (
		<details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
			<summary>{title}</summary>
			{open && <ul>{children(most)}</ul>}
			{open && count > most && (
				<button type="button" class="small" onClick={() => setMost(most + PAGE)}>
					{texts.more(count - most)}
				</button>
			)}
		</details>
	);
}
