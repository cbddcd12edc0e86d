import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
	resolve: { conditions: ["source"] },
	ssr: { resolve: { conditions: ["source"] } },
	test: {
		include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
		globalSetup: ["test/temporary-folders.ts"],
		// Property tests over dumps take a while on a busy two-core machine; a hang still ends.
		testTimeout: 60_000,
		// The page is built and a browser started before its tests.
		hookTimeout: 60_000,
		// Worker threads start faster than processes, and nothing here touches process-wide state.
		pool: "threads",
		// Tests of the page and the lab wait much: on two cores two files at a time take 7.5 minutes, one by one 13.
		maxWorkers: Math.max(2, availableParallelism() - 1),
	},
});
