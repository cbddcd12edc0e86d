/** A worker's side: one request in, one response out, with news before it where it takes a while. */
import "./no-eval.ts";
import { InputError, problemOf } from "@podpath/core";
import type { Request, Response, Stop } from "./calls.ts";
import type { Engine, Watch } from "./engine.ts";

/** Answers what the page sends from now on. */
export function serve(engine: Engine): void {
	/** Requests that somebody has stopped and that are not answered yet. */
	const stopped = new Set<number>();
	self.addEventListener("message", ({ data }: MessageEvent<Request | Stop>) => {
		if ("stop" in data) {
			stopped.add(data.stop);
			return;
		}
		const { id } = data;
		const watch: Watch = {
			stopped: () => stopped.has(id),
			onNews: (news) => self.postMessage({ id, news } satisfies Response),
		};
		void respond(engine, data, watch).then((response) => {
			stopped.delete(id);
			self.postMessage(response);
		});
	});
}

async function respond(engine: Engine, request: Request, watch: Watch): Promise<Response> {
	const { id, language } = request;
	try {
		return { id, answers: await engine.answer(request, watch) };
	} catch (error) {
		if (error instanceof InputError) return { id, problem: problemOf(error, language).error };
		const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
		return { id, problem: { code: "failed", message } };
	}
}
