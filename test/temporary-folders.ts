/** What tests make in the temporary folder is gone after the run, whichever of them ran and however they ended. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Before the first test; gives what is done after the last. */
export default function temporaryFolders(): () => void {
	const folder = mkdtempSync(join(tmpdir(), "podpath-tests-"));
	process.env.TMPDIR = folder;
	return () => rmSync(folder, { recursive: true, force: true });
}
