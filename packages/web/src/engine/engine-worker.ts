/** The worker's side: one request in, one response out. */
import "./no-eval.ts";
import { InputError, problemOf } from "@podpath/core";
import type { Request, Response } from "./calls.ts";
import { Engine } from "./engine.ts";

const engine = new Engine();

self.addEventListener("message", (event: MessageEvent<Request>) => {
	const { id, call, asks } = event.data;
	self.postMessage(respond(id, () => engine.answer(call, asks)));
});

function respond(id: number, answer: () => ReturnType<Engine["answer"]>): Response {
	try {
		return { id, answers: answer() };
	} catch (error) {
		if (error instanceof InputError) return { id, problem: problemOf(error).error };
		const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
		return { id, problem: { code: "failed", message } };
	}
}
