/** Asks the server that the page came from. */
import type {
	Diagnosis,
	DiagnosisEvent,
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
import { type Backend, type DiagnosisWatch, type Input, ProblemError } from "./backend.ts";
import { cutShort, eventsOf } from "./event-stream.ts";
import { spokenLanguage } from "./spoken.ts";

/** A file that a server of podpath makes and a static site holds. */
export async function fetchJson<T>(path: string, init?: RequestInit): Promise<T> {
	const response = await answered(path, init);
	const body: unknown = await response.json().catch(() => null);
	if (body !== null) return body as T;
	throw new ProblemError({ code: "failed", message: `api/${path} holds no JSON` });
}

/** Asks with JSON; the answer is still to be read. */
export function post(path: string, body: unknown, signal: AbortSignal | null = null): Promise<Response> {
	return answered(path, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(body),
		signal,
	});
}

async function answered(path: string, init?: RequestInit): Promise<Response> {
	let response: Response;
	try {
		const headers = { ...init?.headers, "Accept-Language": spokenLanguage() };
		response = await fetch(new URL(`api/${path}`, document.baseURI), { ...init, headers });
	} catch {
		throw new ProblemError({ code: "server-away", message: "the server does not answer" });
	}
	if (response.ok) return response;
	const body: unknown = await response.json().catch(() => null);
	if (response.status === 404) {
		throw new ProblemError(errorIn(body) ?? { code: "not-found", message: `there is no api/${path} here` });
	}
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

	async explain(_input: Input, question: Question, language: Language): Promise<Explanation> {
		return (await post("explain", { question, language })).json() as Promise<Explanation>;
	}

	state(_input: Input, place: string): Promise<StateReport> {
		return fetchJson(`state?${new URLSearchParams({ place })}`);
	}

	async diagnose(
		_input: Input,
		question: Question | null,
		language: Language,
		watch: DiagnosisWatch,
	): Promise<Diagnosis> {
		const response = await post("diagnose", { question, language }, watch.signal);
		for await (const event of eventsOf<DiagnosisEvent>(response)) {
			switch (event.kind) {
				case "progress":
					watch.onProgress(event);
					break;
				case "found":
					watch.onFound(event.diagnosis);
					break;
				case "done":
					return event.diagnosis;
				case "problem":
					throw new ProblemError(event.error);
			}
		}
		throw cutShort();
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
