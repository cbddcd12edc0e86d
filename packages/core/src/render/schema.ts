/** The shape of questions and answers as zod schemas, and as JSON Schema for everybody else. */
import * as z from "zod";
import type { Origin } from "../origin/origin.ts";
import {
	type ExplainedDirection,
	type ExplainedHop,
	type ExplainedLink,
	type ExplainedPacket,
	type ExplainedPath,
	type Explanation,
	VERDICTS,
} from "../trace/explanation.ts";
import { QUESTION_PROTOCOLS, type Question, VIAS } from "../trace/question.ts";
import { FIX_KINDS, type FixKind } from "../wording/fix.ts";

const port = z.int().min(0).max(65535);

/** A question as scripts ask it; `protocol` may be left out and is then tcp. */
export const questionSchema: z.ZodType<Question> = z
	.strictObject({
		from: z
			.string()
			.describe("Where the packet comes from: pod/NS/NAME, node/NAME, host/NAME, internet/ADDRESS, ADDRESS"),
		to: z.string().describe("Where it is sent: as `from`, or service/NS/NAME[:PORT], ADDRESS[:PORT], [ADDRESS]:PORT"),
		protocol: z.enum(QUESTION_PROTOCOLS).default("tcp"),
		via: z.enum(VIAS).exactOptional().describe("How a Service is addressed"),
		sourcePort: z.int().min(1).max(65535).exactOptional(),
		node: z.string().exactOptional().describe("With via node-port: the node whose address is used"),
		at: z.string().exactOptional().describe("node/NAME[:DEVICE]: where a packet of no known place starts"),
	})
	.meta({ title: "Question" });

export const originSchema: z.ZodType<Origin> = z
	.strictObject({
		component: z.string().describe("Who programmed the entry: kube-proxy, flannel, kernel, unknown"),
		object: z.string().exactOptional(),
		source: z.strictObject({ file: z.string(), line: z.int(), column: z.int().exactOptional() }).exactOptional(),
		note: z.string().exactOptional(),
	})
	.meta({ id: "origin" });

const link: z.ZodType<ExplainedLink> = z
	.strictObject({ at: z.string(), device: z.string().exactOptional() })
	.meta({ id: "link" });

const packet: z.ZodType<ExplainedPacket> = z
	.strictObject({
		src: z.string(),
		dst: z.string(),
		protocol: z.string(),
		sport: port,
		dport: port,
		ttl: z.int(),
		mark: z.int(),
		icmp: z.strictObject({ type: z.int(), code: z.int() }).exactOptional(),
		ethernet: z.strictObject({ src: z.string(), dst: z.string() }).exactOptional(),
		outer: z
			.strictObject({
				kind: z.enum(["ipip", "vxlan", "icmp-error"]),
				src: z.string(),
				dst: z.string(),
				vni: z.int().exactOptional(),
				dport: port.exactOptional(),
			})
			.nullable(),
		vlan: z.int().nullable(),
	})
	.meta({ id: "packet" });

const hop: z.ZodType<ExplainedHop> = z
	.strictObject({
		at: z.string(),
		stage: z.string(),
		device: z.string().nullable(),
		packet: packet.describe("As it is after this stage"),
		decision: z.string(),
		code: z.string(),
		origin: originSchema.nullable(),
		rules: z
			.array(
				z.strictObject({
					table: z.string(),
					chain: z.string(),
					position: z.int().describe("From 1; 0: the chain's policy"),
					text: z.string(),
					origin: originSchema,
				}),
			)
			.exactOptional(),
		expectedSource: z
			.string()
			.exactOptional()
			.describe("The source that the packet would have to have to be taken here"),
		cites: z
			.array(z.strictObject({ group: z.string(), begins: z.string(), holds: z.string() }))
			.exactOptional()
			.describe(
				"Entries of the stack's state that it went by, besides rules: where they stand, and how they are written",
			),
	})
	.meta({ id: "hop" });

const direction: z.ZodType<ExplainedDirection> = z
	.strictObject({ links: z.array(link), hops: z.array(hop) })
	.meta({ id: "direction" });

const tuple = z.strictObject({ src: z.string(), sport: port, dst: z.string(), dport: port }).meta({ id: "tuple" });

const path: z.ZodType<ExplainedPath> = z
	.strictObject({
		weight: z.number().min(0).describe("The share of connections that go this way"),
		verdict: z.enum(VERDICTS),
		reason: z.string(),
		forward: direction,
		reply: direction.nullable().describe("Null where the packet did not arrive"),
		refusal: direction.exactOptional().describe("How a refusal came back"),
		notReached: z
			.strictObject({ at: z.string(), on: z.string().exactOptional().describe("The pod's node") })
			.exactOptional()
			.describe("Whose address the packet is for where it ends; absent: it came there, or nobody known has it"),
		stacks: z.array(z.string()),
		nat: z.array(
			z.strictObject({
				at: z.string(),
				kind: z.enum(["dnat", "snat", "masquerade", "redirect"]),
				from: z.string(),
				to: z.string(),
				by: originSchema,
			}),
		),
		conntrack: z.array(z.strictObject({ at: z.string(), protocol: z.string(), original: tuple, reply: tuple })),
		securityGroups: z.array(
			z.strictObject({
				interface: z.string(),
				group: z.string(),
				direction: z.enum(["ingress", "egress"]),
				decision: z.enum(["allow", "deny"]),
				state: z.enum(["new", "established"]).describe("established: of a connection that this ENI let pass before"),
				rule: z.string(),
			}),
		),
		captures: z.array(
			z.strictObject({
				at: z.string(),
				device: z.string(),
				direction: z.enum(["in", "out"]),
				src: z.string(),
				dst: z.string(),
				command: z.string(),
			}),
		),
		serviceAddressSeenAt: z.array(link),
		clientAddress: z
			.strictObject({
				preserved: z.boolean(),
				seen: z.string(),
				lostAt: z.string().exactOptional(),
				by: z.string().exactOptional(),
			})
			.nullable(),
	})
	.meta({ id: "path" });

export const fixKindSchema: z.ZodType<FixKind> = z
	.enum(FIX_KINDS)
	.describe("There with `fix`: a command that can be typed as it stands, or an action in words");

const finding = z.strictObject({
	code: z.string(),
	severity: z.enum(["error", "warning", "info"]),
	message: z.string(),
	fix: z.string().exactOptional(),
	fixKind: fixKindSchema.exactOptional(),
	object: z.string().exactOptional(),
	steps: z
		.array(
			z.strictObject({
				path: z.int().min(0).describe("Which of the paths, from 0"),
				direction: z.enum(["forward", "reply", "refusal"]),
				hop: z.int().min(0).describe("Which hop of that direction, from 0"),
			}),
		)
		.exactOptional()
		.describe("The stage of each path at which its cause shows"),
});

/** The whole answer, as `podpath explain -o json` prints it. */
export const explanationSchema: z.ZodType<Explanation> = z
	.strictObject({
		apiVersion: z.literal("podpath.dev/v1alpha1"),
		kind: z.literal("Explanation"),
		question: questionSchema,
		verdict: z.enum([...VERDICTS, "mixed"]),
		paths: z.array(path),
		findings: z.array(finding),
	})
	.meta({ title: "Explanation" });

/** JSON Schema (draft 2020-12). `input`: what may be written; `output`: what podpath writes. */
export function jsonSchema(schema: z.ZodType, io: "input" | "output"): unknown {
	return z.toJSONSchema(schema, { io });
}
