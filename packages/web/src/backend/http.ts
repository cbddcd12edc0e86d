/** Asks the server that the page came from. */
import type {
	Explanation,
	InputSummary,
	KnownPlace,
	Language,
	ManifestFile,
	Question,
	ServedInput,
	StateReport,
	TopologyReport,
} from "@podpath/core";
import { type Backend, type Input, ProblemError } from "./backend.ts";

/** A file that a server of podpath makes and a static site holds. */
export async function fetchJson<T>(path: string, init?: RequestInit): Promise<T> {
	let response: Response;
	try {
		response = await fetch(new URL(`api/${path}`, document.baseURI), init);
	} catch {
		throw new ProblemError({ code: "server-away", message: "the server does not answer" });
	}
	const body: unknown = await response.json().catch(() => null);
	if (response.ok && body !== null) return body as T;
	throw new ProblemError(errorIn(body) ?? { code: "failed", message: `HTTP ${response.status} for api/${path}` });
}

function errorIn(body: unknown): { readonly code: string; readonly message: string } | undefined {
	if (typeof body !== "object" || body === null || !("error" in body)) return undefined;
	return body.error as { readonly code: string; readonly message: string };
}

export class HttpBackend implements Backend {
	async summary(_input: Input): Promise<InputSummary> {
		const { summary } = await fetchJson<ServedInput>("input.json");
		if (summary === null) throw new ProblemError({ code: "no-input", message: "the server has the atlas alone" });
		return summary;
	}

	explain(_input: Input, question: Question, language: Language): Promise<Explanation> {
		return fetchJson("explain", {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ question, language }),
		});
	}

	state(_input: Input, place: string): Promise<StateReport> {
		return fetchJson(`state?${new URLSearchParams({ place })}`);
	}

	topology(_input: Input): Promise<TopologyReport> {
		return fetchJson("topology");
	}

	places(_input: Input, typed: string, most: number): Promise<readonly KnownPlace[]> {
		return fetchJson(`places?${new URLSearchParams({ typed, most: String(most) })}`);
	}

	manifests(_input: Input): Promise<readonly ManifestFile[]> {
		return fetchJson("manifests.json");
	}
}
