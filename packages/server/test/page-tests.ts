/** The browser of the tests in a block: started before the first of them, and gone after the last. */
import { afterAll, afterEach, beforeAll } from "vitest";
import type { AtlasMode } from "../src/served.ts";
import { PageTests } from "./browser.ts";

/** `atlas`: what `openAtlas` serves. */
export function pageTests(atlas: readonly AtlasMode[] = []): PageTests {
	const tests = new PageTests(atlas);
	beforeAll(() => tests.start());
	afterEach(() => tests.closeAll());
	afterAll(() => tests.end());
	return tests;
}
