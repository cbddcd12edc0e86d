/** Manifests changed as a person does: finds the words, and types over them. */
import type { Page } from "playwright-core";

export async function typeOver(page: Page, found: string, typed: string): Promise<void> {
	await page.getByRole("textbox", { name: "Manifests in" }).click();
	await page.keyboard.press("Control+f");
	await page.keyboard.type(found);
	await page.keyboard.press("Enter");
	await page.keyboard.press("Escape");
	await page.keyboard.type(typed);
}
