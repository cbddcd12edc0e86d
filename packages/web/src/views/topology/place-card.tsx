/** What is known of one place of the drawing, and where it leads. */
import type { TopologyCard, TopologyReport } from "@podpath/core";
import type { JSX } from "preact";
import { CopyButton } from "../../parts/copy-button.tsx";
import { formatRoute, type Route } from "../../route.ts";
import { useTextsOf } from "../../texts/language.ts";
import { TOPOLOGY } from "../../texts/topology.ts";

interface Props {
	readonly place: Found;
	readonly route: Route;
	readonly onSelect: (place: string) => void;
}

/** A place of the topology, as its card shows it. */
export interface Found {
	readonly place: string;
	readonly addresses: readonly string[];
	/** The machine that the pod is on. */
	readonly on: string | null;
	readonly ready: boolean;
	readonly hostNetwork: boolean;
	readonly podCIDRs: readonly string[];
	readonly pods: number | null;
	readonly cards: readonly TopologyCard[];
}

const PLAIN = { on: null, ready: true, hostNetwork: false, podCIDRs: [], pods: null, cards: [] } as const;

/** By the places' names. */
export function foundPlaces({ groups, fabrics, loadBalancers, unplaced }: TopologyReport): ReadonlyMap<string, Found> {
	const found = new Map<string, Found>();
	for (const { place, prefixes } of fabrics) found.set(place, { ...PLAIN, place, addresses: prefixes });
	for (const balancer of loadBalancers) found.set(balancer.place, { ...PLAIN, ...balancer });
	for (const machine of groups.flatMap(({ machines }) => machines)) {
		found.set(machine.place, { ...PLAIN, ...machine, pods: machine.pods.length });
		for (const pod of machine.pods) found.set(pod.place, { ...PLAIN, ...pod, on: machine.place });
	}
	for (const pod of unplaced) found.set(pod.place, { ...PLAIN, ...pod });
	return found;
}

/** By the addresses of their cards. An address that a card has for a pod is the pod's. */
export function holdersOf(places: ReadonlyMap<string, Found>): ReadonlyMap<string, Found> {
	const holders = new Map<string, Found>();
	const hold = (found: Found, addresses: readonly string[]): void => {
		for (const address of addresses) if (!holders.has(address)) holders.set(address, found);
	};
	const all = [...places.values()];
	for (const found of all) hold(found, found.addresses);
	for (const found of all) for (const { addresses } of found.cards) hold(found, addresses);
	return holders;
}

export function PlaceCard({ place: found, route, onSelect }: Props): JSX.Element {
	const texts = useTextsOf(TOPOLOGY);
	const { place, addresses, on, ready, hostNetwork, podCIDRs, pods, cards } = found;
	return (
		<section class="place-card" aria-label={place}>
			<h2>
				<code>{place}</code> <CopyButton text={() => place} />
			</h2>
			{(!ready || hostNetwork) && (
				<p>
					{!ready && <span class="badge tone-unsure">{texts.notReady}</span>}{" "}
					{hostNetwork && <span class="badge">{texts.hostNetwork}</span>}
				</p>
			)}
			<dl>
				<Row name={texts.addresses} values={addresses} />
				<Row name={texts.podCIDRs} values={podCIDRs} />
				{cards.map(({ device, fabric, addresses: own }) => (
					<Row key={`${device} ${fabric}`} name={texts.card(device, fabric ?? "")} values={own} />
				))}
				{pods !== null && <Row name={texts.pods} values={[String(pods)]} />}
				{on !== null && (
					<div>
						<dt>{texts.on}</dt>
						<dd>
							<button type="button" class="link" onClick={() => onSelect(on)}>
								<code>{on}</code>
							</button>
						</dd>
					</div>
				)}
			</dl>
			<Ways found={found} route={route} />
		</section>
	);
}

function Row({ name, values }: { readonly name: string; readonly values: readonly string[] }): JSX.Element | null {
	if (values.length === 0) return null;
	return (
		<div>
			<dt>{name}</dt>
			{values.map((value) => (
				<dd key={value}>
					<code>{value}</code>
				</dd>
			))}
		</div>
	);
}

/** To the views that know more. A load balancer is asked about by its address; a fabric asks and answers nothing. */
function Ways({ found: { place, addresses }, route }: Pick<Props, "route"> & { readonly found: Found }): JSX.Element {
	const texts = useTextsOf(TOPOLOGY);
	const kind = place.slice(0, place.indexOf("/"));
	const hasStack = kind === "pod" || kind === "node" || kind === "host";
	const target = hasStack ? place : kind === "slb" ? addresses[0] : undefined;
	const to = (view: string, params: Route["params"]): string =>
		formatRoute({ view, params: { ...(route.params.in === undefined ? {} : { in: route.params.in }), ...params } });
	return (
		<p class="ways-on">
			{hasStack && <a href={to("path", { from: place })}>{texts.pathFrom}</a>}
			{target !== undefined && <a href={to("path", { to: target })}>{texts.pathTo}</a>}
			{hasStack && <a href={to("state", { place })}>{texts.state}</a>}
		</p>
	);
}
