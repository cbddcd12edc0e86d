/** What was typed, as a part of the address: only what differs from the manifests, compressed. */
import type { ManifestFile } from "@podpath/core";
import { hunksOf, type Typed, typedFrom } from "./draft.ts";

/** Browsers and chats cut longer addresses. */
export const MOST_LINK = 6000;

/** Null: longer than an address may be. */
export async function linkOf(base: readonly ManifestFile[], typed: Typed): Promise<string | null> {
	const packed = await transformed(
		new TextEncoder().encode(JSON.stringify(hunksOf(base, typed))),
		new CompressionStream("deflate-raw"),
	);
	const link = base64url(packed);
	return link.length > MOST_LINK ? null : link;
}

/** Null: no change of these manifests. */
export async function typedIn(link: string, base: readonly ManifestFile[]): Promise<Typed | null> {
	try {
		if (link.length > MOST_LINK) return null;
		const text = new TextDecoder().decode(await transformed(bytesOf(link), new DecompressionStream("deflate-raw")));
		return typedFrom(text, base);
	} catch {
		return null;
	}
}

function base64url(bytes: Uint8Array): string {
	const text = btoa([...bytes].map((byte) => String.fromCharCode(byte)).join(""));
	return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bytesOf(link: string): Uint8Array<ArrayBuffer> {
	const text = atob(link.replaceAll("-", "+").replaceAll("_", "/"));
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

async function transformed(
	bytes: Uint8Array<ArrayBuffer>,
	through: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
	const stream = new Blob([bytes]).stream().pipeThrough(through);
	return new Uint8Array(await new Response(stream).arrayBuffer());
}
