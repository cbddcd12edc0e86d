/** Who programmed a node's rules. */
import type { Origin } from "../../origin/origin.ts";

export const FELIX: Origin = { component: "felix" };
