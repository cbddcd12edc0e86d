/** An initramfs: a "newc" cpio archive, the form that Linux unpacks by itself (Documentation/driver-api/early-userspace/buffer-format.rst). */

export type InitramfsEntry =
	| { readonly kind: "folder"; readonly path: string }
	/** A file that everybody may read and run. */
	| { readonly kind: "file"; readonly path: string; readonly data: Uint8Array };

const FOLDER_MODE = 0o040_755;
const FILE_MODE = 0o100_755;
const TRAILER = "TRAILER!!!";

/** The archive of these entries; a folder comes before what is in it. Paths have no slash at their beginning. */
export function initramfs(entries: readonly InitramfsEntry[]): Buffer {
	const parts = entries.map((entry, index) =>
		entry.kind === "folder"
			? record(index + 1, FOLDER_MODE, entry.path, new Uint8Array())
			: record(index + 1, FILE_MODE, entry.path, entry.data),
	);
	return Buffer.concat([...parts, record(0, 0, TRAILER, new Uint8Array())]);
}

function record(inode: number, mode: number, path: string, data: Uint8Array): Buffer {
	const name = Buffer.from(`${path}\0`);
	// ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
	const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length, 0];
	const head = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
	return Buffer.concat([padded(Buffer.concat([Buffer.from(head), name])), padded(data)]);
}

function padded(data: Uint8Array): Buffer {
	return Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}
