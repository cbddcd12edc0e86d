/** podpath's page, served or written to disk. */
export { kernelLab } from "./kernel-lab.ts";
export { type Listening, type ListenOptions, listen } from "./listen.ts";
export type { AtlasMode as ServedMode, KernelLab, NamedInput, Served } from "./served.ts";
export { writeSite } from "./site.ts";
export { SERVER_TURNS } from "./subjects.ts";
