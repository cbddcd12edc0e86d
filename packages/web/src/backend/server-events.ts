/** The server's stream of events. */

/** What the server tells of itself; the last of it is told at once to whoever begins to listen. */
type ServerEvent =
	| { readonly kind: "loading"; readonly name: string }
	| { readonly kind: "ready" }
	| { readonly kind: "failed" };

export interface ServerWatch {
	/** Called whenever that changes. */
	readonly onAway: (away: boolean) => void;
	/** The name of the input that is being read, or null. */
	readonly onReading: (name: string | null) => void;
}

/** Gives a function that ends the watch. */
export function watchServer({ onAway, onReading }: ServerWatch): () => void {
	const source = new EventSource(new URL("api/events", document.baseURI));
	source.addEventListener("open", () => onAway(false));
	source.addEventListener("error", () => onAway(true));
	source.addEventListener("message", ({ data }: MessageEvent<string>) => {
		const event = JSON.parse(data) as ServerEvent;
		onReading(event.kind === "loading" ? event.name : null);
	});
	return () => source.close();
}
