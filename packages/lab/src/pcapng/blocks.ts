/**
 * Blocks of a pcapng file, little-endian (draft-ietf-opsawg-pcapng, "PCAP Now Generic (pcapng) Capture File Format"). Lengths
 * and paddings are in bytes.
 */

/** Section 3.5: an option's code and value. */
export interface Option {
	readonly code: number;
	readonly value: Uint8Array;
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;

export const OPT_COMMENT = 1;
export const SHB_USERAPPL = 4;
export const IF_NAME = 2;
export const IF_DESCRIPTION = 3;
export const IF_TSRESOL = 9;
export const EPB_FLAGS = 2;

export function textOption(code: number, text: string): Option {
	return { code, value: new TextEncoder().encode(text) };
}

/** Section 4.1. */
export function sectionHeader(options: readonly Option[]): Uint8Array {
	const body = new Uint8Array(16);
	const view = viewOf(body);
	view.setUint32(0, 0x1a2b3c4d, true);
	view.setUint16(4, 1, true);
	view.setUint16(6, 0, true);
	// The section's length is not given: readers go from block to block.
	view.setBigInt64(8, -1n, true);
	return block(SECTION_HEADER, [body, optionBytes(options)]);
}

/** Section 4.2; `linkType` is one of tcpdump.org's LINKTYPE_ numbers. */
export function interfaceDescription(linkType: number, snapLength: number, options: readonly Option[]): Uint8Array {
	const body = new Uint8Array(8);
	const view = viewOf(body);
	view.setUint16(0, linkType, true);
	view.setUint32(4, snapLength, true);
	return block(INTERFACE_DESCRIPTION, [body, optionBytes(options)]);
}

/** Section 4.3; `time` is in the interface's resolution, `length` what the packet had on the wire. */
export function enhancedPacket(packet: {
	readonly interfaceId: number;
	readonly time: bigint;
	readonly bytes: Uint8Array;
	readonly length: number;
	readonly options: readonly Option[];
}): Uint8Array {
	const { interfaceId, time, bytes, length, options } = packet;
	const body = new Uint8Array(20);
	const view = viewOf(body);
	view.setUint32(0, interfaceId, true);
	view.setUint32(4, Number((time >> 32n) & 0xffff_ffffn), true);
	view.setUint32(8, Number(time & 0xffff_ffffn), true);
	view.setUint32(12, bytes.length, true);
	view.setUint32(16, length, true);
	return block(ENHANCED_PACKET, [body, padded(bytes), optionBytes(options)]);
}

/** Section 3.1: every block has its length before and after its body. */
function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
	const length = 12 + parts.reduce((sum, part) => sum + part.length, 0);
	const bytes = new Uint8Array(length);
	const view = viewOf(bytes);
	view.setUint32(0, type, true);
	view.setUint32(4, length, true);
	let at = 8;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	view.setUint32(at, length, true);
	return bytes;
}

function optionBytes(options: readonly Option[]): Uint8Array {
	// Without options there is no end of options either.
	if (options.length === 0) return new Uint8Array(0);
	const all = [...options, { code: 0, value: new Uint8Array(0) }];
	return concatenated(
		all.flatMap(({ code, value }) => {
			const head = new Uint8Array(4);
			viewOf(head).setUint16(0, code, true);
			viewOf(head).setUint16(2, value.length, true);
			return [head, padded(value)];
		}),
	);
}

/** Everything in a block begins at a multiple of four bytes. */
function padded(bytes: Uint8Array): Uint8Array {
	const result = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
	result.set(bytes);
	return result;
}

export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
	const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		result.set(part, at);
		at += part.length;
	}
	return result;
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
