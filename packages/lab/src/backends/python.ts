/** Where the agent is, and how it is started. */
import { fileURLToPath } from "node:url";

/** The agent's sources: the same folder from src/ as from dist/. */
export const AGENT_FOLDER: string = fileURLToPath(new URL("../../src/agent", import.meta.url));

/** Isolated (-I) and without site packages (-S): half the time to start, and nobody's settings. */
export const PYTHON: readonly string[] = ["/usr/bin/python3", "-IS"];
