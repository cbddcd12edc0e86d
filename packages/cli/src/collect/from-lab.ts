/** A snapshot of a lab: its namespaces are nodes and pods by the names that the lab gave them. The fabric's are left out. */
import { type Collected, collectScript, fromArchives } from "@podpath/collect";
import { type Backend, connectLab, LabError, LabFolder, type LabInput, type LabPlan } from "@podpath/lab";

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
	{ manifests }: LabInput,
	version: string,
): Promise<Collected> {
	const stacks = plan.namespaces.filter(({ place }) => /^(node|pod|host)\//.test(place));
	const places = new Map(stacks.map(({ name, place }) => [name, place]));
	const stdin = collectScript({ version, places, onlyPlaces: true, slow: backend.kind !== "userns" });
	// A step's output is text.
	const argv = ["sh", "-c", "sh -s -- -o - -n lab -K -q | base64"];
	const [output] = await backend.run([{ kind: "run", argv, stdin, mayFail: true }]);
	const archive = Buffer.from(output?.stdout ?? "", "base64");
	if (archive.length === 0) throw new LabError(`the lab could not be read: ${output?.stderr.trim() ?? "no output"}`);
	const collected = await fromArchives([{ name: "lab", archive, receivedAt: Date.now() }], []);
	const objects = manifests.map(({ text }, i) => [`kubernetes/${String(i).padStart(3, "0")}.yaml`, text] as const);
	return { ...collected, files: new Map([...collected.files, ...objects]) };
}
