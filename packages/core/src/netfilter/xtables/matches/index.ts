export type { Match } from "./types.ts";
