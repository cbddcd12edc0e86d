/** The address of everything: the fragment of the URL holds the view, the question and where one looks. */

export interface Route {
	/** The view's id. */
	readonly view: string;
	/** The view's own; what is not said is not there. */
	readonly params: Readonly<Record<string, string>>;
}

/** `#/path?in=flannel-vpc/001-2.2&step=3`. A fragment that is none gives an empty view. */
export function parseRoute(hash: string): Route {
	const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
	return { view: path, params: Object.fromEntries(new URLSearchParams(query)) };
}

/** Another view of what is asked about. */
export function sameInput(view: string, { params }: Route): Route {
	return { view, params: params.in === undefined ? {} : { in: params.in } };
}

/** Readable: slashes, colons and commas of names may stand in a fragment as they are. */
export function formatRoute({ view, params }: Route): string {
	const given = Object.entries(params).filter(([, value]) => value !== "");
	const query = given.map(([name, value]) => `${name}=${encoded(value)}`).join("&");
	return `#/${view}${query === "" ? "" : `?${query}`}`;
}

function encoded(value: string): string {
	return encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",");
}
