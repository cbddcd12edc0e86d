export type { Target } from "./types.ts";
