/** The hooks of netfilter and the priorities at which the kernel's own parts sit (include/uapi/linux/netfilter_ipv4.h). */

export type Hook = "prerouting" | "input" | "forward" | "output" | "postrouting";

export const PRIORITY = {
	conntrackDefrag: -400,
	raw: -300,
	conntrack: -200,
	mangle: -150,
	natDestination: -100,
	filter: 0,
	security: 50,
	natSource: 100,
	conntrackHelper: 300,
	/** INT_MAX. */
	conntrackConfirm: 2147483647,
} as const;
