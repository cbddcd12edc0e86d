/** From a network to the steps that build the very same one on a real kernel. Nothing is run here. */
import { type DeviceAt, type Namespace, type Network, type Place, placeKind } from "@podpath/core";
import { bgpOf, type IsLearned } from "../bgp/bgp-plan.ts";
import type { Feature, LabNamespace, LabPlan, LabPort, LabStep } from "../lab-plan.ts";
import { fabricOf } from "./fabric/fabric.ts";
import { floodsOf } from "./floods.ts";
import { type Cable, layoutOf } from "./layout.ts";
import { namesOf } from "./names.ts";
import { featuresOf } from "./needs.ts";
import { standIns } from "./stand-ins.ts";
import { type Site, stepsOf, trafficControl } from "./steps.ts";

export interface RealizeOptions {
	/** What every namespace's name begins with, so that several networks fit on one kernel. Default: nothing. */
	readonly prefix?: string;
}

/**
 * The plan of a lab with the stacks at these places, the fabric between them, and those of the load balancers among the
 * places. Devices whose far end is at no place of the lab end in a namespace where nobody answers.
 */
export function realize(network: Network, places: readonly Place[], options: RealizeOptions = {}): LabPlan {
	const layout = layoutOf(network, places);
	const fabric = fabricOf(network, layout, new Set(places));
	const stacks = layout.stacks.map(({ state }) => state);
	const states = [
		...fabric.states,
		...stacks.filter(({ place }) => placeKind(place) !== "pod"),
		...stacks.filter(({ place }) => placeKind(place) === "pod"),
	];
	const names = namesOf(
		states.map(({ place }) => place),
		options.prefix ?? "",
	);
	const nameOf = (place: Place): string => names.get(place) ?? "";
	const { cables } = fabric;
	const bgp = bgpOf(network, states, nameOf);
	const sites = states.map((state): Site => {
		const children = states.flatMap((other) =>
			other.links
				.filter((link) => standsOn(link, other.place, state.place))
				.map((link) => ({ link, namespace: nameOf(other.place) })),
		);
		const written = bgp === undefined ? state : withoutLearned(state, bgp.isLearned);
		return { name: nameOf(state.place), state: written, children, given: givenDevices(state.place, cables, states) };
	});
	const steps = sites.map(stepsOf);
	const stoodIn = standIns({ stacks: states, cables, nameOf });
	return {
		namespaces: sites.map(({ name, state }): LabNamespace => ({ name, place: state.place })),
		steps: [
			...steps.flatMap(({ early }) => early),
			...cableStep(cables, nameOf),
			...steps.flatMap(({ build }) => build),
			...[...stoodIn.redirects].map(([place, text]) => trafficControl(nameOf(place), text)),
		],
		needs: new Set<Feature>([
			...(cables.length > 0 ? (["veth"] as const) : []),
			...states.flatMap(featuresOf),
			...(bgp === undefined ? [] : (["bird"] as const)),
			...(stoodIn.programs.some(({ stoodInFor }) => stoodInFor) ? (["tc-pedit"] as const) : []),
		]),
		...(bgp && { bgp: bgp.plan }),
		programs: stoodIn.programs,
		translations: stoodIn.translations,
		omitted: [
			...layout.omitted,
			...fabric.omitted,
			...steps.flatMap(({ omitted }) => omitted),
			...states.flatMap(policiesLeftOut),
		],
		folded: fabric.folded,
		carriers: fabric.states.map(({ place }) => place).filter((place) => carries(place, fabric.states)),
		floods: floodsOf(states, cables),
		ports: [...layout.ports].flatMap(([place, ports]) =>
			ports.map(({ device, to }): LabPort => {
				const end = fabric.ends.get(`${place} ${device}`) ?? { place, device };
				return { namespace: nameOf(end.place), device: end.device, fabric: end.place, to };
			}),
		),
	};
}

function withoutLearned(state: Namespace, isLearned: IsLearned): Namespace {
	const routes = state.routes.filter((route) => !isLearned(state.place, route));
	return routes.length === state.routes.length ? state : { ...state, routes };
}

/** What is documented of an enforcer is no rule that a kernel could be given. */
function policiesLeftOut({ place, policyStages = [] }: Namespace): readonly string[] {
	const [stage] = policyStages;
	return stage === undefined
		? []
		: [`${place}: NetworkPolicies, which ${stage.origin.component} enforces by rules that are not known`];
}

type Stack = ReturnType<typeof layoutOf>["stacks"][number]["state"];

/** Whether a device of the namespace at `own` has its lower device in that at `below`. */
function standsOn(link: Stack["links"][number], own: Place, below: Place): boolean {
	const lower = "lower" in link ? link.lower : undefined;
	return lower?.place !== undefined && lower.place !== own && lower.place === below;
}

/** Whether a device of another namespace stands on one of this place. */
function carries(below: Place, states: readonly Namespace[]): boolean {
	return states.some(({ place, links }) => links.some((link) => standsOn(link, place, below)));
}

function givenDevices(place: Place, cables: readonly Cable[], stacks: readonly Stack[]): ReadonlySet<string> {
	const ends = cables.flatMap(({ from, to }) => [from, to]).filter((end) => end.place === place);
	const own = stacks.find((stack) => stack.place === place);
	const above = own?.links.filter((link) => {
		const lower = "lower" in link ? link.lower : undefined;
		return lower?.place !== undefined && lower.place !== place;
	});
	return new Set([...ends.map(({ device }) => device), ...(above ?? []).map(({ name }) => name)]);
}

/** Below it are the loopback device and tunnels that the kernel makes by itself. */
const FIRST_INDEX = 100;

/**
 * All veth pairs in one batch, each end straight into its namespace. Ends of one pair have different indexes: the kernel
 * takes its time to notice the carrier of a device whose lower one has its own index (linkwatch_urgent_event()).
 */
function cableStep(cables: readonly Cable[], nameOf: (place: Place) => string): readonly LabStep[] {
	if (cables.length === 0) return [];
	const end = ({ place, device }: DeviceAt, index: number): string =>
		`name ${device} netns ${nameOf(place)} index ${index}`;
	const lines = cables.map(({ from, to }, i) => {
		const index = FIRST_INDEX + 2 * i;
		return `link add ${end(from, index)} type veth peer ${end(to, index + 1)}\n`;
	});
	return [{ kind: "run", argv: ["ip", "-batch", "-"], stdin: lines.join("") }];
}
