/** Where an entry of the network state comes from: who put it there, for what, and where podpath read it. */

/** A place in an input file. Lines and columns count from 1. */
export interface SourcePosition {
	readonly file: string;
	readonly line: number;
	readonly column?: number;
}

/** A Kubernetes or podpath object, as the command line names it: `service/default/nginx`, `node/a`. */
export type ObjectRef = string;

/** Who programmed an entry. `kernel` made it by itself (connected routes); `unknown` is what a snapshot cannot tell. */
export interface Origin {
	readonly component: string;
	readonly object?: ObjectRef;
	readonly source?: SourcePosition;
	/** The entry's own comment, where it has one: an iptables `--comment`, a security group rule's description. */
	readonly note?: string;
}

/** What the kernel does of its own accord. */
export const KERNEL: Origin = { component: "kernel" };
