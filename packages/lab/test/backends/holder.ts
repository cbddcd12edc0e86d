/** A program that opens a lab, keeps something running in it, and waits to be killed: `node holder.ts KIND`. */
import type { BackendKind } from "../../src/backend.ts";
import { openBackend } from "../../src/backends/open.ts";

const lab = await openBackend({ kind: process.argv[2] as BackendKind, needs: new Set(["veth"]) });
await lab.addNamespaces([{ name: "a" }]);
await lab.run([
	{ kind: "daemon", namespace: "a", argv: ["sleep", "1000"] },
	// Leaves its parent behind: whoever looks for children does not find it.
	{ kind: "run", namespace: "a", argv: ["setsid", "--fork", "sleep", "1000"] },
]);
process.stdout.write("ready\n");
// The agent is busy, and does not read its line, when we are killed.
await lab.run([{ kind: "run", namespace: "a", argv: ["sleep", "1000"] }]);
