/** Reads a pcapng file back, block by block, as the draft's section 3 describes it; throws where it is not in order. */

export interface ReadInterface {
	readonly linkType: number;
	readonly name: string;
	readonly description: string;
	readonly resolution: number;
}

export interface ReadPacket {
	readonly interfaceId: number;
	readonly time: bigint;
	readonly bytes: Uint8Array;
	readonly length: number;
	readonly comment: string | undefined;
	readonly flags: number | undefined;
}

export interface ReadFile {
	readonly application: string | undefined;
	readonly interfaces: readonly ReadInterface[];
	readonly packets: readonly ReadPacket[];
}

export function readCaptureFile(file: Uint8Array): ReadFile {
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
	let application: string | undefined;
	const interfaces: ReadInterface[] = [];
	const packets: ReadPacket[] = [];
	for (let at = 0; at < file.length; at += view.getUint32(at + 4, true)) {
		const length = view.getUint32(at + 4, true);
		if (length % 4 !== 0 || view.getUint32(at + length - 4, true) !== length) throw new Error(`block at ${at}`);
		const body = file.subarray(at + 8, at + length - 4);
		const words = new DataView(body.buffer, body.byteOffset, body.byteLength);
		switch (view.getUint32(at, true)) {
			case 0x0a0d0d0a:
				if (at !== 0 || words.getUint32(0, true) !== 0x1a2b3c4d) throw new Error("section header");
				application = text(options(body.subarray(16)).get(4));
				break;
			case 1: {
				const found = options(body.subarray(8));
				interfaces.push({
					linkType: words.getUint16(0, true),
					name: text(found.get(2)) ?? "",
					description: text(found.get(3)) ?? "",
					resolution: found.get(9)?.[0] ?? 6,
				});
				break;
			}
			case 6: {
				const captured = words.getUint32(12, true);
				const found = options(body.subarray(20 + Math.ceil(captured / 4) * 4));
				packets.push({
					interfaceId: words.getUint32(0, true),
					time: (BigInt(words.getUint32(4, true)) << 32n) | BigInt(words.getUint32(8, true)),
					bytes: body.subarray(20, 20 + captured),
					length: words.getUint32(16, true),
					comment: text(found.get(1)),
					flags: found.get(2)?.[0],
				});
				break;
			}
			default:
				throw new Error(`block type at ${at}`);
		}
	}
	return { application, interfaces, packets };
}

function options(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const found = new Map<number, Uint8Array>();
	for (let at = 0; at < bytes.length; ) {
		const [code, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
		if (code === 0) return found;
		found.set(code, bytes.subarray(at + 4, at + 4 + length));
		at += 4 + Math.ceil(length / 4) * 4;
	}
	if (bytes.length > 0) throw new Error("options without an end");
	return found;
}

function text(bytes: Uint8Array | undefined): string | undefined {
	return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
