/** Whatever a lab cannot do: a kernel that lacks something, a step that failed, a lab that ended. For people to read. */
export class LabError extends Error {
	override readonly name = "LabError";
}
