/**
 * Hops within the fabric. How the lab builds it is its own affair: a load balancer is a rule of a router, a trunk a switch before
 * the VPC. So a stretch of fabric hops is judged as a whole: every packet that was seen there is one that was predicted, and the
 * other way round.
 */
import { type Packet, type Phrase, type Place, phrase, placeKind } from "@podpath/core";
import { OUTSIDE } from "../realize/layout.ts";
import type { HopRow, RowContext } from "./hop-row.ts";
import { type FieldDifference, packetDifferences } from "./packet-difference.ts";
import type { PortBinding } from "./port-binding.ts";
import type { SeenHop } from "./seen-hop.ts";

/** None where the packet was at any time as it is predicted to be there. */
export function fabricDifferences(predicted: Packet, seen: SeenHop, ports: PortBinding): readonly FieldDifference[] {
	const differences = statesOf(seen).map((each) => packetDifferences({ ...predicted, ttl: each.ttl }, each, ports));
	return differences.find((fields) => fields.length === 0) ?? differences[0] ?? [];
}

function statesOf({ packet, earlier }: SeenHop): readonly Packet[] {
	return [packet, ...earlier];
}

/** The rows with those set aside that only show how the lab builds the fabric. */
export function builtFabric(rows: readonly HopRow[], context: RowContext): readonly HopRow[] {
	const judged: HopRow[] = [];
	for (let at = 0; at < rows.length; ) {
		let end = at;
		while (end < rows.length && isInFabric(rows[end], context)) end++;
		if (end === at) end++;
		else judged.push(...new Stretch(rows, at, end, context).judged());
		if (judged.length < end) judged.push(...rows.slice(at, end));
		at = end;
	}
	return judged;
}

function placeOf({ predicted, seen }: HopRow): Place {
	return predicted?.at ?? seen?.at ?? "";
}

function isPredicted({ predicted }: HopRow): boolean {
	return predicted !== null;
}

function isInFabric(row: HopRow | undefined, { fabric, folded }: RowContext): boolean {
	if (row === undefined) return false;
	const place = placeOf(row);
	return fabric.has(place) || folded.has(place) || place === OUTSIDE;
}

/** Rows between two machines. */
class Stretch {
	readonly #rows: readonly HopRow[];
	readonly #context: RowContext;
	/** With the machines' devices before and after it. */
	readonly #around: readonly HopRow[];
	/** Nothing comes after it. */
	readonly #isLast: boolean;

	constructor(rows: readonly HopRow[], from: number, to: number, context: RowContext) {
		this.#rows = rows.slice(from, to);
		this.#context = context;
		this.#around = rows.slice(Math.max(0, from - 1), to + 1);
		this.#isLast = to === rows.length;
	}

	judged(): readonly HopRow[] {
		return this.#rows.map((row, position) => {
			const isAlone = row.kind === "differs" && (row.predicted === null || row.seen === null);
			const note = isAlone ? this.#note(row, position) : null;
			return note === null ? row : { ...row, kind: "aside", note };
		});
	}

	/** Null: it is a difference. */
	#note(row: HopRow, position: number): Phrase | null {
		const { predicted, seen } = row;
		if (predicted !== null) return this.#wasSeen(predicted.packet) ? this.#noteOfPredicted(row, position) : null;
		if (seen === null || !this.#wasPredicted(seen)) return null;
		if (seen.at === OUTSIDE) return phrase("row-lab-ends");
		if (this.#isLast && !this.#rows.slice(position + 1).some(isPredicted)) return this.#noteOfLast(row);
		const { carriers, folded } = this.#context;
		const forAnother = this.#rows.some((each) =>
			carriers.has(seen.at) ? isPredicted(each) : isPredicted(each) && folded.has(placeOf(each)),
		);
		return forAnother ? phrase("row-how-fabric-is-built") : null;
	}

	#noteOfPredicted(row: HopRow, position: number): Phrase | null {
		const place = placeOf(row);
		const before = this.#rows.slice(0, position).filter(isPredicted).reverse();
		const after = this.#rows.slice(position + 1).filter(isPredicted);
		if ([before[0], after[0]].some((each) => each !== undefined && placeOf(each) === place)) return null;
		if (this.#context.folded.has(place)) return phrase("row-no-namespace");
		if (this.#returnsTo(place, before) || this.#returnsTo(place, after)) return phrase("row-at-once");
		return this.#isLast && after.length === 0 ? this.#noteOfLast(row) : null;
	}

	/** A router that does the work of a load balancer has the packet once, where it is predicted to have it before and after. */
	#returnsTo(place: Place, others: readonly HopRow[]): boolean {
		const again = others.findIndex((each) => placeOf(each) === place);
		return again > 0 && others.slice(0, again).every((each) => this.#context.folded.has(placeOf(each)));
	}

	/**
	 * Where the packet is lost. The VLANs of a trunk are told apart by the ENI in the lab, and by the VPC in the prediction, so what
	 * is of none ends in the one or the other. What leaves for where nothing is described has left.
	 */
	#noteOfLast(row: HopRow): Phrase | null {
		const { leaves, built } = this.#context;
		if (leaves && row.predicted === null) return phrase("row-how-fabric-is-built");
		const [predicted, ...others] = this.#rows.filter(({ kind, seen }) => kind === "differs" && seen === null);
		const [seen, ...more] = this.#rows.filter(({ kind, predicted: each }) => kind === "differs" && each === null);
		if (predicted === undefined || seen === undefined || others.length > 0 || more.length > 0) return null;
		const inTrunk =
			placeKind(placeOf(predicted)) === "vpc" && built.has(placeOf(predicted)) && placeKind(placeOf(seen)) === "eni";
		return inTrunk ? phrase("row-ends-in-fabric") : null;
	}

	#wasSeen(predicted: Packet): boolean {
		const { ports } = this.#context;
		return this.#around.some(({ seen }) => seen !== null && fabricDifferences(predicted, seen, ports).length === 0);
	}

	#wasPredicted(seen: SeenHop): boolean {
		const predicted = this.#around.flatMap((row) => (row.predicted === null ? [] : [row.predicted.packet]));
		const { ports } = this.#context;
		return statesOf(seen).every((state) =>
			predicted.some((each) => packetDifferences({ ...each, ttl: state.ttl }, state, ports).length === 0),
		);
	}
}
