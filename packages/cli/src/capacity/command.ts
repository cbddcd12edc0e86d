/** `podpath capacity`: its flags. */
import { buildCommand, type Command } from "@stricli/core";
import type { Context } from "../cli-process.ts";
import { withStatus } from "../failure.ts";
import { fileFlag, text } from "../flags.ts";

export interface CapacityFlags {
	readonly file?: readonly string[];
	readonly instanceType?: string;
	readonly mode?: string;
	readonly podCidr?: string;
	readonly instanceTypes?: readonly string[];
	readonly trunkSharesQuota: boolean;
	readonly output: "text" | "json";
}

const DESCRIPTION = `How many pods a node has room for in the modes of Terway, and in a cluster what stops the next one.

The numbers are those of ECS DescribeInstanceTypes. A few instance types are known; for others give an answer of it:
  aliyun ecs DescribeInstanceTypes --InstanceTypes.1 ecs.g8i.2xlarge > types.json

EXAMPLES
  podpath capacity --instance-type ecs.g7.xlarge --mode terway-trunk
  podpath capacity --instance-type ecs.g8i.2xlarge --instance-types types.json
  podpath capacity --mode terway-vpc --pod-cidr 172.20.1.0/24
  podpath capacity -f cluster/ -o json

EXIT STATUS
  0 known, and one more pod of each kind fits on some node   1 no node has room   3 the input does not say`;

export const capacityCommand: Command<Context> = buildCommand<CapacityFlags, [], Context>({
	func: async function (this: Context, flags: CapacityFlags) {
		await withStatus(this, async () => (await import("./run.ts")).runCapacity(this.cli, flags));
	},
	parameters: {
		flags: {
			file: fileFlag,
			instanceType: { kind: "parsed", parse: text, optional: true, brief: "An ECS instance type", placeholder: "TYPE" },
			mode: {
				kind: "parsed",
				parse: text,
				optional: true,
				brief: "A mode of Terway; without it all of them",
				placeholder: "MODE",
			},
			podCidr: {
				kind: "parsed",
				parse: text,
				optional: true,
				brief: "The node's pod CIDR, for mode terway-vpc",
				placeholder: "CIDR",
			},
			instanceTypes: {
				kind: "parsed",
				parse: text,
				variadic: true,
				optional: true,
				brief: "Answers of ECS DescribeInstanceTypes, in JSON; they replace the types that are known",
				placeholder: "FILE",
			},
			trunkSharesQuota: {
				kind: "boolean",
				default: false,
				withNegated: false,
				brief: "Shared pods and pods of the trunk have one quota",
			},
			output: { kind: "enum", values: ["text", "json"], default: "text", brief: "Output format" },
		},
		aliases: { f: "file", o: "output" },
	},
	docs: {
		brief: "How many pods a node has room for, and what stops the next one",
		fullDescription: DESCRIPTION,
		customUsage: ["--instance-type TYPE [--mode MODE] [FLAGS]", "-f FILE|DIR [-f …] [FLAGS]"],
	},
});
