/** What axe has to say of a page. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Rules that are broken, with where. */
export async function axeFinds(page: Page): Promise<readonly string[]> {
	// Evaluated by the debugger: as a script of the page the Content-Security-Policy would refuse it.
	await page.evaluate(AXE);
	return page.evaluate(async () => {
		const { axe } = globalThis as unknown as { readonly axe: { run(): Promise<AxeResults> } };
		const { violations } = await axe.run();
		return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
	});
}

interface AxeResults {
	readonly violations: readonly {
		readonly id: string;
		readonly nodes: readonly { readonly html: string }[];
	}[];
}
