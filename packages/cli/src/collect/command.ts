/** `podpath collect`: its flags. */
import { buildCommand, type Command } from "@stricli/core";
import type { Context } from "../cli-process.ts";
import { withStatus } from "../failure.ts";
import { text } from "../flags.ts";

export interface CollectFlags {
	readonly local: boolean;
	readonly ssh?: readonly string[];
	readonly sshConfig?: string;
	readonly lab?: string;
	readonly from?: readonly string[];
	readonly printScript: boolean;
	readonly output?: string;
	readonly context?: string;
	readonly node?: string;
	readonly netns?: readonly string[];
	readonly sudo: boolean;
	readonly timeout: number;
	readonly redact: boolean;
}

const DESCRIPTION = `Reads what nodes' kernels do with packets (devices, addresses, routes, rules, neighbours, netfilter, IPVS, tc, sysctls,
connections) in every network namespace, and the Kubernetes objects that steer packets, into one snapshot.

It reads only. Secrets, environments and arguments of containers and keys among the sysctls are never read.
What could not be read is named, with the reason, in snapshot.yaml and on stderr.

EXAMPLES
  sudo podpath collect --local -o snapshot.tar.gz
  podpath collect --ssh root@node-a --ssh root@10.0.0.2=node-b -o snapshot/
  podpath collect --print-script > collect.sh     # sh collect.sh on each node, then:
  podpath collect --from podpath-node-a.tar.gz --from podpath-node-b.tar.gz -o snapshot.tar.gz
  podpath collect --lab default -o snapshot/      # a lab that stands: its nodes and pods by their names
  podpath collect --local --netns node/a=ns-a --netns pod/default/web=ns-web -o snapshot/
  podpath collect --from snapshot.tar.gz --redact -o for-others.tar.gz
  podpath explain pod/default/a service/default/b:80 --snapshot snapshot.tar.gz

EXIT STATUS
  0 everything that was asked was read (parts may be missing: they are named)   1 a machine could not be read
  2 the flags are wrong   4 nothing could be read   130 interrupted: what there was is written, and says so`;

function seconds(input: string): number {
	const value = Number(input);
	if (!/^\d+$/.test(input) || value < 1 || value > 3600) throw new Error("seconds are a number from 1 to 3600");
	return value;
}

const flag = { kind: "parsed", parse: text, optional: true } as const;
const off = { kind: "boolean", default: false, withNegated: false } as const;

export const collectCommand: Command<Context> = buildCommand<CollectFlags, [], Context>({
	func: async function (this: Context, flags) {
		await withStatus(this, async () => (await import("./run.ts")).runCollect(this.cli, flags));
	},
	parameters: {
		flags: {
			local: { ...off, brief: "This machine, with all its namespaces" },
			ssh: {
				...flag,
				variadic: true,
				brief: "Another machine, by the system's ssh; repeatable",
				placeholder: "HOST[=NODE]",
			},
			sshConfig: { ...flag, brief: "With --ssh: ssh's configuration (~/.ssh/config)", placeholder: "FILE" },
			lab: { ...flag, brief: "A lab of podpath's that stands", placeholder: "NAME" },
			from: { ...flag, variadic: true, brief: "What the printed script wrote; repeatable", placeholder: "FILE.tar.gz" },
			printScript: { ...off, brief: "Print the script that all ways run, for a machine without podpath" },
			output: { ...flag, brief: "Where to: a new folder, or an archive", placeholder: "DIR|FILE.tar.gz" },
			context: { ...flag, brief: "kubectl's context", placeholder: "NAME" },
			node: { ...flag, brief: "With --local: the node's name (the machine's own)", placeholder: "NAME" },
			netns: {
				...flag,
				variadic: true,
				brief: "With --local: whose a namespace of `ip netns` is, where addresses do not tell; repeatable",
				placeholder: "PLACE=NETNS",
			},
			redact: { ...off, brief: "Replace public addresses and names, the same by the same everywhere" },
			sudo: { ...off, brief: "With --ssh: run there by sudo -n" },
			timeout: {
				kind: "parsed",
				parse: seconds,
				default: "60",
				brief: "With --ssh: seconds for each host",
				placeholder: "N",
			},
		},
		aliases: { o: "output" },
	},
	docs: {
		brief: "Take a snapshot of real nodes",
		fullDescription: DESCRIPTION,
		customUsage: [
			"--local -o DIR|FILE.tar.gz [--node NAME] [--netns PLACE=NETNS …] [--context NAME]",
			"--ssh HOST[=NODE] [--ssh …] -o DIR|FILE.tar.gz [--ssh-config FILE] [--sudo] [--timeout N] [--context NAME]",
			"--lab NAME -o DIR|FILE.tar.gz",
			"--from FILE.tar.gz [--from …] -o DIR|FILE.tar.gz",
			"--print-script",
		],
	},
});
