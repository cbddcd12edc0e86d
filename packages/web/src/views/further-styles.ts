/** The style sheet of all views but the first: those who follow a link to a path need not wait for it. */

let sheet: Promise<void> | null = null;

/** Loads it once; where that failed, again when it is wanted again. */
export function furtherStyles(): Promise<void> {
	sheet ??= new Promise((resolve, reject) => {
		const link = document.createElement("link");
		link.rel = "stylesheet";
		link.href = "./further-views.css";
		link.addEventListener("load", () => resolve());
		link.addEventListener("error", () => {
			sheet = null;
			link.remove();
			reject(new Error("the style sheet could not be loaded"));
		});
		document.head.append(link);
	});
	return sheet;
}
