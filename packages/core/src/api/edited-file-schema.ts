/** Apart from what the page does with edited files, which needs no schema. */
import * as z from "zod";
import type { EditedFile } from "./edited-file.ts";

export const editedFileSchema: z.ZodType<EditedFile> = z
	.strictObject({
		name: z.string(),
		text: z.string(),
		instead: z
			.strictObject({ from: z.int().min(0), removed: z.int().min(0) })
			.exactOptional()
			.describe("What the text stands in the place of, in UTF-16 units; absent: of the whole file"),
	})
	.meta({ id: "editedFile" });
