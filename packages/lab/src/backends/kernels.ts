/** The kernels that podpath knows how to start. */
import type { BackendKind } from "../backend.ts";
import { hostNamespaces } from "./host-namespaces.ts";
import type { Kernel } from "./kernel.ts";
import { QEMU } from "./qemu.ts";
import { USER_MODE_LINUX } from "./uml.ts";

export function kernelOf(kind: BackendKind): Kernel {
	switch (kind) {
		case "userns":
		case "netns":
			return hostNamespaces(kind);
		case "uml":
			return USER_MODE_LINUX;
		case "qemu":
			return QEMU;
	}
}
