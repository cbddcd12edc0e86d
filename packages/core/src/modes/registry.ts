/** The network modes that podpath knows. Whoever adds a CNI adds a folder and a line here. */

import { BIFROST_MODES } from "./bifrost/mode.ts";
import { CALICO_MODES } from "./calico/mode.ts";
import { CONTIV_MODES } from "./contiv/mode.ts";
import { FLANNEL_MODES } from "./flannel/mode.ts";
import { HYBRIDNET_MODES } from "./hybridnet/mode.ts";
import { MACVLAN_MODES } from "./macvlan/mode.ts";
import type { NetworkMode } from "./mode.ts";
import { TERWAY_MODES } from "./terway/mode.ts";

export const NETWORK_MODES: readonly NetworkMode[] = [
	...FLANNEL_MODES,
	...TERWAY_MODES,
	...CALICO_MODES,
	...HYBRIDNET_MODES,
	...BIFROST_MODES,
	...MACVLAN_MODES,
	...CONTIV_MODES,
];

/** The mode of this name. */
export function networkMode(id: string): NetworkMode | undefined {
	return NETWORK_MODES.find((mode) => mode.id === id);
}
