/** What was typed, as a part of the address: only what differs from the manifests, compressed. */
import { type ManifestFile, withEdit } from "@podpath/core";
import { editsOf, type Typed, withText } from "./draft.ts";

/** Browsers and chats cut longer addresses. */
export const MOST_LINK = 6000;

/** A stretch of a file and what stands there instead. */
type Hunk = readonly [file: string, base: number, from: number, removed: number, text: string];

/** Null: longer than an address may be. */
export async function linkOf(base: readonly ManifestFile[], typed: Typed): Promise<string | null> {
	const hunks = editsOf(base, typed).map(({ name, text, instead: { from, removed } }): Hunk => {
		const was = base.find((file) => file.name === name)?.text ?? "";
		return [name, digest(was), from, removed, text];
	});
	const packed = await transformed(
		new TextEncoder().encode(JSON.stringify(hunks)),
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
		const hunks: unknown = JSON.parse(text);
		if (!Array.isArray(hunks)) return null;
		let typed: Typed = {};
		for (const hunk of hunks) {
			const file = isHunk(hunk)
				? base.find(({ name, text: was }) => name === hunk[0] && digest(was) === hunk[1])
				: undefined;
			if (file === undefined) return null;
			const [name, , from, removed, text] = hunk as Hunk;
			const changed = withEdit(file, { name, text, instead: { from, removed } });
			if (changed === undefined) return null;
			typed = withText(typed, file, changed.text);
		}
		return typed;
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

function isHunk(value: unknown): value is Hunk {
	if (!Array.isArray(value) || value.length !== 5) return false;
	const [file, base, from, removed, text] = value;
	return typeof file === "string" && [base, from, removed].every(Number.isInteger) && typeof text === "string";
}

/** FNV-1a: tells whether the file is still the one that was changed. */
function digest(text: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	return hash >>> 0;
}

async function transformed(
	bytes: Uint8Array<ArrayBuffer>,
	through: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
	const stream = new Blob([bytes]).stream().pipeThrough(through);
	return new Uint8Array(await new Response(stream).arrayBuffer());
}
