import { type Said, worded } from "@podpath/core";

/** Whatever a lab cannot do: a kernel that lacks something, a step that failed, a lab that ended. For people to read. */
export class LabError extends Error {
	override readonly name = "LabError";
	/** Plain text is English, or what a tool printed. */
	readonly said: Said;

	constructor(said: Said, options?: ErrorOptions) {
		super(worded(said), options);
		this.said = said;
	}
}
