/** A server that listens, until it is stopped. */
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { InputError, problemOf } from "@podpath/core";
import { type Access, newToken } from "./access.ts";
import { app } from "./app.ts";
import { Events } from "./events.ts";
import { LabRuns } from "./lab-runs.ts";
import { pageFolder, readPage } from "./page-files.ts";
import type { Served } from "./served.ts";

export interface ListenOptions {
	/** 0: any free one. */
	readonly port: number;
	/** An address of this machine. */
	readonly address: string;
}

export interface Listening {
	/** With the token. */
	readonly url: string;
	stop(): Promise<void>;
}

/** @throws {InputError} Where the address or port cannot be had. */
export async function listen(served: Served, options: ListenOptions): Promise<Listening> {
	const { address, port } = options;
	const access: Access = { token: newToken(), open: !isLoopback(address) };
	const events = new Events(served.input === null ? { kind: "ready" } : { kind: "loading", name: served.input.name });
	const runs = new LabRuns(served.lab);
	const { fetch } = app({ served, access, events, runs, page: readPage(pageFolder()) });
	const server = createAdaptorServer({ fetch });
	await new Promise<void>((resolve, reject) => {
		server.once("error", (error) => reject(cannotListen(options, error)));
		server.listen(port, address, resolve);
	});
	served.input?.subject.then(
		() => events.publish({ kind: "ready" }),
		(error: unknown) => {
			if (error instanceof InputError) events.publish({ kind: "failed", problem: problemOf(error) });
		},
	);
	return {
		url: `http://${hostOf(address)}:${(server.address() as AddressInfo).port}/?token=${access.token}`,
		stop: async () => {
			await runs.stop();
			await new Promise<void>((resolve) => {
				server.close(() => resolve());
				if ("closeAllConnections" in server) server.closeAllConnections();
			});
		},
	};
}

function isLoopback(address: string): boolean {
	return address === "localhost" || address === "::1" || address.startsWith("127.");
}

/** What a browser on this machine can open. */
function hostOf(address: string): string {
	if (address === "0.0.0.0" || address === "::") return "127.0.0.1";
	return address.includes(":") ? `[${address}]` : address;
}

function cannotListen({ address, port }: ListenOptions, error: Error): InputError {
	return new InputError({
		code: "cannot-listen",
		message: `cannot listen on ${address} port ${port}: ${error.message}`,
		hint: "another --port, or --port 0 for any free one",
	});
}
