/** The main job on screen: explains a few of the atlas's scenarios with the command line that this checkout built. */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const PODPATH = join(ROOT, "packages/cli/bin/podpath.js");

/** A ClusterIP on another node; why a Local external IP is refused; a client on the Internet; an overlay. */
const SCENARIOS = [
	"flannel-vpc/001-2.2",
	"flannel-vpc/001-3.1",
	"flannel-vpc/001-4.A",
	"flannel-vxlan/cluster-ip-cross",
];

/** The statuses of an answer: delivered, and not delivered. Anything else means that there was none. */
const ANSWERED = [0, 1];

for (const scenario of SCENARIOS) {
	console.log(`\n$ npx podpath explain --scenario ${scenario}\n`);
	const { status } = spawnSync(process.execPath, [PODPATH, "explain", "--scenario", scenario], { stdio: "inherit" });
	if (status === null || !ANSWERED.includes(status)) {
		process.exitCode = status ?? 4;
		break;
	}
}
