/** The kernels that podpath knows how to start. */
import type { BackendKind } from "../backend.ts";
import { hostNamespaces } from "./host-namespaces.ts";
import type { Kernel } from "./kernel.ts";
import { LabError } from "./lab-error.ts";

export function kernelOf(kind: BackendKind): Kernel {
	switch (kind) {
		case "userns":
		case "netns":
			return hostNamespaces(kind);
		case "uml":
		case "qemu":
			throw new LabError(`the ${kind} backend is not built`);
	}
}
