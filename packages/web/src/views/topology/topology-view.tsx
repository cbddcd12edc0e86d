/** The Topology view: machines, pods and what joins them, as a map. */
import { parseAddress, type TopologyGroup, type TopologyReport } from "@podpath/core";
import type { JSX } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Input, problemIn } from "../../backend/backend.ts";
import { backendFor } from "../../backend/backends.ts";
import { go } from "../../navigation.ts";
import { Combobox, type Proposal } from "../../parts/combobox.tsx";
import { NoInput } from "../../parts/no-input.tsx";
import { Problem } from "../../parts/problem.tsx";
import { useTexts, useTextsOf } from "../../texts/language.ts";
import { TOPOLOGY } from "../../texts/topology.ts";
import { inputOf } from "../path/asked.ts";
import type { ViewProps } from "../view.ts";
import type { Size } from "./camera.ts";
import { PART } from "./draw.ts";
import type { FabricBox, GroupBox } from "./layout.ts";
import { layoutOf } from "./layout.ts";
import { TopologyMap } from "./map.tsx";
import { type Found, foundPlaces, holdersOf, PlaceCard } from "./place-card.tsx";
import { PlaceList } from "./place-list.tsx";

const MOST_PROPOSALS = 40;

export function TopologyView({ route, served }: ViewProps): JSX.Element {
	const texts = useTextsOf(TOPOLOGY);
	const { loading } = useTexts();
	const input = inputOf(route, served);
	const { topology, problem, retry } = useTopology(input);
	const { place = "" } = route.params;
	const known = useMemo(() => knownIn(topology), [topology]);
	const propose = useCallback(
		async (typed: string): Promise<readonly Proposal[]> => {
			if (input === null) return [];
			const found = await backendFor(input).places(input, typed, MOST_PROPOSALS);
			const named = found.filter(({ kind }) => kind !== "service");
			const isNamed = new Set(named.map(({ name }) => name));
			const held = heldBy(known.holders, typed).filter(({ name }) => !isNamed.has(name));
			return [...held, ...named].slice(0, MOST_PROPOSALS);
		},
		[JSON.stringify(input), known],
	);
	const select = (chosen: string | null): void => go({ ...route, params: { ...route.params, place: chosen ?? "" } });
	if (input === null) {
		return <NoInput view="topology" />;
	}
	return (
		<div class="topology-view">
			<h1>{texts.title}</h1>
			<div class="tools">
				<Combobox
					label={texts.search}
					value={place}
					placeholder={texts.searchHint}
					propose={propose}
					onChoose={select}
					search
				/>
			</div>
			{problem !== null && <Problem problem={problem} retry={retry} />}
			{topology === null && problem === null && <p class="quiet">{loading}</p>}
			{topology !== null && <Shown {...{ topology, known, place, route }} onSelect={select} />}
		</div>
	);
}

interface Known {
	readonly places: ReadonlyMap<string, Found>;
	readonly holders: ReadonlyMap<string, Found>;
}

function knownIn(topology: TopologyReport | null): Known {
	const places = topology === null ? new Map<string, Found>() : foundPlaces(topology);
	return { places, holders: holdersOf(places) };
}

/** Whose cards have an address that begins so: no object of the input may name it. */
function heldBy(holders: Known["holders"], typed: string): readonly Proposal[] {
	const wanted = typed.trim().toLowerCase();
	if (wanted === "") return [];
	const begun = [...holders].filter(([address]) => address.startsWith(wanted));
	return [...new Map(begun.map(([address, { place }]) => [place, { name: place, addresses: [address] }])).values()];
}

/** A place by its name, or by an address of one of its cards. */
function foundIn({ places, holders }: Known, place: string): Found | undefined {
	return places.get(place) ?? holders.get(parseAddress(place)?.text ?? "");
}

interface ShownProps {
	readonly topology: TopologyReport;
	readonly known: Known;
	/** Empty: none is selected. */
	readonly place: string;
	readonly route: ViewProps["route"];
	readonly onSelect: (place: string | null) => void;
}

function Shown({ topology, known, place, route, onSelect }: ShownProps): JSX.Element {
	const texts = useTextsOf(TOPOLOGY);
	const frame = useRef<HTMLDivElement>(null);
	const size = useSize(frame);
	const aspect = size === null ? 1 : size.width / size.height;
	const layout = useMemo(() => layoutOf(topology, aspect), [topology, aspect]);
	const groupName = ({ vSwitch, zone, machines }: TopologyGroup): string =>
		[
			vSwitch,
			zone,
			texts.machines(
				machines.length,
				machines.reduce((sum, { pods }) => sum + pods.length, 0),
			),
		]
			.filter((each) => each !== "")
			.join(PART);
	const names = useMemo(
		() => ({
			fabric: ({ fabric, kind, groups }: FabricBox): string => {
				if (kind === "balancers") return `${texts.loadBalancers}${PART}${groups[0]?.tiles.length ?? 0}`;
				return fabric === null ? texts.nowhere : [fabric.place, ...fabric.prefixes].join("  ");
			},
			group: ({ group }: GroupBox): string => (group === null ? "" : groupName(group)),
		}),
		[texts],
	);
	const selected = foundIn(known, place);
	const name = selected?.place ?? null;
	return (
		<>
			<div class="map-and-card">
				<div class="map-frame" ref={frame}>
					{size !== null && (
						<TopologyMap layout={layout} size={size} names={names} selected={name} onSelect={onSelect} />
					)}
				</div>
				<div class="aside" aria-live="polite">
					{selected !== undefined && <PlaceCard place={selected} route={route} onSelect={onSelect} />}
					{place !== "" && selected === undefined && <p class="tone-unsure">{texts.noSuchPlace(place)}</p>}
					{place === "" && <p class="quiet">{texts.hint}</p>}
					<Legend />
				</div>
			</div>
			<PlaceList topology={topology} groupName={groupName} selected={name} onSelect={onSelect} />
		</>
	);
}

function Legend(): JSX.Element {
	const texts = useTextsOf(TOPOLOGY);
	return (
		<ul class="topology-legend quiet">
			<li class="behind-node">{texts.behindNode}</li>
			<li class="own-card">{texts.ownCard}</li>
			<li class="in-node">{texts.hostNetwork}</li>
			<li class="not-ready">{texts.notReady}</li>
		</ul>
	);
}

/** Null until the page knows. Whole pixels, so that it does not flicker by parts of one. */
function useSize(frame: { readonly current: HTMLElement | null }): Size | null {
	const [size, setSize] = useState<Size | null>(null);
	useEffect(() => {
		const element = frame.current;
		if (element === null) return;
		const observer = new ResizeObserver(() => {
			const [width, height] = [element.clientWidth, element.clientHeight];
			setSize((known) => (known?.width === width && known.height === height ? known : { width, height }));
		});
		observer.observe(element);
		return () => observer.disconnect();
	}, []);
	return size;
}

interface Read {
	readonly topology: TopologyReport | null;
	readonly problem: ReturnType<typeof problemIn> | null;
}

function useTopology(input: Input | null): Read & { readonly retry: () => void } {
	const [read, setRead] = useState<Read>({ topology: null, problem: null });
	const [attempt, setAttempt] = useState(0);
	useEffect(() => {
		setRead({ topology: null, problem: null });
		if (input === null) return;
		let current = true;
		backendFor(input)
			.topology(input)
			.then(
				(topology) => current && setRead({ topology, problem: null }),
				(error: unknown) => current && setRead({ topology: null, problem: problemIn(error) }),
			);
		return () => {
			current = false;
		};
	}, [JSON.stringify(input), attempt]);
	return { ...read, retry: () => setAttempt(attempt + 1) };
}
