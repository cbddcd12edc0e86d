/** One pcapng file with a packet's whole journey: an interface for each device, and on each frame which hop it is. */
import type { Place, PredictedWay } from "@podpath/core";
import { flowOf } from "../compare/flow.ts";
import { deviceText, packetText } from "../compare/hop-text.ts";
import { seenHops } from "../compare/seen-hop.ts";
import { inOrder, type NumberedFrame, type Sighting, sightingsOf } from "../compare/sighting.ts";
import { ETHERTYPE_VLAN } from "../frames/ethernet.ts";
import type { LabPlan } from "../lab-plan.ts";
import type { CapturedFrame, Observation } from "../observation.ts";
import {
	concatenated,
	EPB_FLAGS,
	enhancedPacket,
	IF_DESCRIPTION,
	IF_NAME,
	IF_TSRESOL,
	interfaceDescription,
	OPT_COMMENT,
	SHB_USERAPPL,
	sectionHeader,
	textOption,
} from "./blocks.ts";

export interface CaptureFileOptions {
	/** The way that was predicted for the probe, or the one that it took: the question's frames get comments. */
	readonly way: Pick<PredictedWay, "sent" | "rewrites">;
	/** When the first frame was seen, in nanoseconds since 1970. */
	readonly startedAt: bigint;
}

/** tcpdump.org/linktypes.html */
const LINKTYPE_ETHERNET = 1;
const LINKTYPE_RAW = 101;
/** What an agent keeps of a frame; 0 would be "no limit". */
const SNAP_LENGTH = 2048;
const NANOSECONDS = 9;
/** epb_flags, bits 0 and 1. */
const INBOUND = 1;
const OUTBOUND = 2;

/** All frames of an observation, in order, as the bytes of a pcapng file. */
export function captureFile(observation: Observation, plan: LabPlan, options: CaptureFileOptions): Uint8Array {
	const frames = inOrder(observation.frames, plan);
	const interfaces = interfacesOf(frames);
	const comments = commentsOf(observation, plan, options.way);
	return concatenated([
		sectionHeader([textOption(SHB_USERAPPL, "podpath")]),
		...[...interfaces.values()].map(({ frame }) => describeInterface(frame, plan)),
		...frames.map(({ frame, number }) => {
			const interfaceId = interfaces.get(interfaceKey(frame))?.id ?? 0;
			return packetOf(frame, interfaceId, comments.get(number), options.startedAt);
		}),
	]);
}

interface Interface {
	readonly id: number;
	/** One of its frames. */
	readonly frame: CapturedFrame;
}

/** Devices in the order in which the packet met them. */
function interfacesOf(frames: readonly NumberedFrame[]): ReadonlyMap<string, Interface> {
	const interfaces = new Map<string, Interface>();
	for (const { frame } of frames) {
		const key = interfaceKey(frame);
		if (!interfaces.has(key)) interfaces.set(key, { id: interfaces.size, frame });
	}
	return interfaces;
}

function interfaceKey({ namespace, device, ethernet }: CapturedFrame): string {
	return `${namespace} ${device} ${ethernet}`;
}

function describeInterface({ namespace, device, ethernet }: CapturedFrame, plan: LabPlan): Uint8Array {
	const place = placeOf(namespace, plan);
	return interfaceDescription(ethernet ? LINKTYPE_ETHERNET : LINKTYPE_RAW, SNAP_LENGTH, [
		textOption(IF_NAME, `${place}/${device}`),
		textOption(IF_DESCRIPTION, `${device} of ${place}, network namespace ${namespace} of the lab`),
		{ code: IF_TSRESOL, value: Uint8Array.of(NANOSECONDS) },
	]);
}

function placeOf(namespace: string, plan: LabPlan): string {
	return plan.namespaces.find(({ name }) => name === namespace)?.place ?? namespace;
}

function packetOf(
	frame: CapturedFrame,
	interfaceId: number,
	comment: string | undefined,
	startedAt: bigint,
): Uint8Array {
	const bytes = taggedBytes(frame);
	const own = Buffer.byteLength(frame.bytes, "base64");
	const flags = frame.direction === "in" ? INBOUND : OUTBOUND;
	return enhancedPacket({
		interfaceId,
		time: startedAt + BigInt(frame.time),
		bytes,
		length: frame.length + bytes.length - own,
		options: [
			...(comment === undefined ? [] : [textOption(OPT_COMMENT, comment)]),
			{ code: EPB_FLAGS, value: Uint8Array.of(flags, 0, 0, 0) },
		],
	});
}

/** The frame as it was on the wire: a VLAN tag that the kernel keeps beside it is put back, as libpcap does. */
function taggedBytes({ bytes, vlan, ethernet }: CapturedFrame): Uint8Array {
	const own = Buffer.from(bytes, "base64");
	if (vlan === null || !ethernet || own.length < 12) return own;
	const tag = Uint8Array.of(ETHERTYPE_VLAN >> 8, ETHERTYPE_VLAN & 255, vlan >> 8, vlan & 255);
	return concatenated([own.subarray(0, 12), tag, own.subarray(12)]);
}

/** `forward hop 3 of 9: node/b eth0 in, vxlan …` by frame number. */
function commentsOf(
	{ frames, accepted }: Observation,
	plan: LabPlan,
	way: CaptureFileOptions["way"],
): ReadonlyMap<number, string> {
	const fabric = new Set(plan.ports.map((port) => port.fabric));
	const { forward, answer } = flowOf(way, sightingsOf(frames, plan), accepted);
	return new Map([
		...commentsOfHops("forward", forward, fabric),
		...(answer === null ? [] : commentsOfHops(answer.kind, answer.sightings, fabric)),
	]);
}

/** A fabric device is one hop with a frame at each of its ports. */
function commentsOfHops(
	direction: string,
	sightings: readonly Sighting[],
	fabric: ReadonlySet<Place>,
): readonly (readonly [frame: number, comment: string])[] {
	const hops = seenHops(sightings, fabric);
	const positions = new Map(hops.flatMap((hop, i) => hop.frames.map((frame) => [frame, i + 1] as const)));
	return sightings.map((each) => {
		const hop = `${direction} hop ${positions.get(each.frame) ?? 0} of ${hops.length}`;
		return [each.frame, `${hop}: ${deviceText(each)}, ${packetText(each.packet, each.vlan)}`];
	});
}
