/** How an answer is laid out as text. */
import type { ColumnOptions } from "./columns.ts";

export interface Layout extends ColumnOptions {
	/** Everything, instead of what decided something. */
	readonly verbose: boolean;
}
