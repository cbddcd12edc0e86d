/** A whole random network with its questions. */
import type { Feature } from "../../lab-plan.ts";
import { Draw } from "../draw.ts";
import type { AskedQuestion, Sketch } from "../sketch.ts";
import { drawFiltering } from "./filtering.ts";
import { drawIpvs } from "./ipvs.ts";
import { drawNftables } from "./nftables.ts";
import { drawTunnelEnds } from "./overlays.ts";
import { drawQuestions } from "./questions.ts";
import { drawReflection, drawRouting } from "./routing.ts";
import { drawTopology } from "./topology.ts";
import { World } from "./world.ts";

export interface DrawnCase {
	readonly sketch: Sketch;
	readonly questions: readonly AskedQuestion[];
}

/** The network of this seed and number that a kernel with these features can build: always the same one. */
export function drawCase(seed: number, number: number, features: ReadonlySet<Feature>, questions: number): DrawnCase {
	const world = new World(new Draw(seed, number), features);
	drawTopology(world);
	drawRouting(world);
	drawTunnelEnds(world);
	drawIpvs(world);
	if (world.filters) drawFiltering(world);
	if (world.filters) drawNftables(world);
	const asked = drawQuestions(world, questions);
	// Last, so that it changes nothing else of a seed.
	drawReflection(world);
	return { sketch: world.sketch(), questions: asked };
}
