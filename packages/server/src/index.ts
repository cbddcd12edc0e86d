/** podpath's page, served or written to disk. */
export { type Listening, type ListenOptions, listen } from "./listen.ts";
export type { AtlasMode as ServedMode, NamedInput, Served } from "./served.ts";
export { writeSite } from "./site.ts";
