/** A machine whose kernel cannot be asked. */
import type { KernelLab } from "../src/served.ts";

export const NO_LAB: KernelLab = {
	offer: () =>
		Promise.resolve({ available: false, tried: [{ kind: "userns", why: "it is forbidden here", missing: [] }] }),
	ask: () => Promise.reject(new Error("there is no lab in this test")),
};
