/** A snapshot of a lab: its namespaces are nodes and pods by the names that the lab gave them. The fabric's are left out. */
import { type Collected, collectScript, fromArchives } from "@podpath/collect";
import { type Backend, connectLab, LabError, LabFolder, type LabInput, type LabPlan } from "@podpath/lab";
import { insideLab } from "./inside-lab.ts";

export async function collectLab(name: string, version: string): Promise<Collected> {
	const folder = new LabFolder(name);
	const backend = await connectLab(folder);
	try {
		const { plan, input } = folder.record();
		return await snapshotOfLab(backend, plan, input, version);
	} finally {
		await backend.close();
	}
}

export async function snapshotOfLab(
	backend: Pick<Backend, "run" | "kind">,
	plan: LabPlan,
	input: LabInput,
	version: string,
): Promise<Collected> {
	const inside = insideLab(backend);
	const script = collectScript({ version, places: placesOf(plan), onlyPlaces: true, slow: inside.slow });
	const { archive, complaint } = await inside.run(script, ["-o", "-", "-n", "lab", "-K", "-q"], undefined);
	if (archive.length === 0) throw new LabError(`the lab could not be read: ${complaint}`);
	return withObjects(await fromArchives([{ name: "lab", archive, receivedAt: Date.now() }], []), input);
}

/** With the objects that the lab was built from. */
export function withObjects(collected: Collected, { manifests }: LabInput): Collected {
	const objects = manifests.map(({ text }, i) => [`kubernetes/${String(i).padStart(3, "0")}.yaml`, text] as const);
	return { ...collected, files: new Map([...collected.files, ...objects]) };
}

/** What stands for nodes, pods and hosts, by the names of the lab's namespaces. */
export function placesOf({ namespaces }: LabPlan): ReadonlyMap<string, string> {
	const stacks = namespaces.filter(({ place }) => /^(node|pod|host)\//.test(place));
	return new Map(stacks.map(({ name, place }) => [name, place]));
}
