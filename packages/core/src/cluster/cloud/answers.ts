/**
 * Raw answers of Alibaba Cloud's API among the input, as `aliyun ecs DescribeNetworkInterfaces` and the like print them. They say
 * what podpath's own kinds say; where the input has an object of that name too, that one counts.
 */
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import type { Inventory } from "../inventory.ts";
import { addEnis } from "./network-interfaces.ts";
import { addSecurityGroups } from "./security-groups.ts";
import { addVpcs } from "./vpcs.ts";

/** Each with the member that tells an answer of it. */
const READ = {
	NetworkInterfaceSets: "DescribeNetworkInterfaces",
	Permissions: "DescribeSecurityGroupAttribute",
	SecurityGroups: "DescribeSecurityGroups",
	Vpcs: "DescribeVpcs",
	VSwitches: "DescribeVSwitches",
	RouteEntrys: "DescribeRouteEntryList",
} as const;

export type AnswerKind = keyof typeof READ;

/** Whether an object without a kind is an answer: every one names its request. */
export function isAnswer(root: Field): boolean {
	return root.at("RequestId").present || kindOf(root) !== undefined;
}

function kindOf(root: Field): AnswerKind | undefined {
	return (Object.keys(READ) as AnswerKind[]).find((member) => root.at(member).present);
}

/** Adds what the answers say, once all objects are known by which they name instances. */
export function readAnswers(into: Inventory): void {
	const answers = new Map<AnswerKind, Field[]>();
	for (const root of into.answers) {
		const kind = kindOf(root);
		if (kind === undefined) {
			const message = phrase("answer-passed-over", { known: Object.values(READ) });
			into.warn({ code: "answer-passed-over", message, where: root.objectPosition });
		} else answers.set(kind, [...(answers.get(kind) ?? []), root]);
	}
	const of = (kind: AnswerKind): readonly Field[] => answers.get(kind) ?? [];
	addSecurityGroups(of("Permissions"), of("SecurityGroups"), into);
	const instances = addEnis(of("NetworkInterfaceSets"), into);
	addVpcs({ vpcs: of("Vpcs"), vSwitches: of("VSwitches"), routes: of("RouteEntrys") }, instances, into);
}
