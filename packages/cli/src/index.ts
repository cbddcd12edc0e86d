/** The command line, for programs that run it in their own process. */
export type { CliProcess, OutputStream } from "./cli-process.ts";
export { runCommandLine } from "./main.ts";
