/** The server's stream of events. */

/** Tells whether the server is away, whenever that changes. Gives a function that ends the watch. */
export function watchServer(onAway: (away: boolean) => void): () => void {
	const source = new EventSource(new URL("api/events", document.baseURI));
	source.addEventListener("open", () => onAway(false));
	source.addEventListener("error", () => onAway(true));
	return () => source.close();
}
