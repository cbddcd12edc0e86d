/**
 * Who may ask: whoever has the token, from the page that this server gave out. The Host header is checked against DNS
 * rebinding and the Origin header against other pages of the same browser.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { phrase } from "@podpath/core";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { problem } from "./problem.ts";
import { REFUSAL_PAGE } from "./refusal-page.ts";

export interface Access {
	/** In the URL that is printed; a cookie or `Authorization: Bearer` afterwards. */
	readonly token: string;
	/** The server listens on other addresses than the machine's own loopback. */
	readonly open: boolean;
}

export function newToken(): string {
	return randomBytes(24).toString("base64url");
}

/** Nothing is loaded from elsewhere, nothing inline runs, nobody frames the page, no address of it gets out. */
const HEADERS: Readonly<Record<string, string>> = {
	"Content-Security-Policy": [
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data: blob:",
		"connect-src 'self'",
		"worker-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join("; "),
	"Cross-Origin-Opener-Policy": "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy": "no-referrer",
	"X-Content-Type-Options": "nosniff",
};

/** The gate before everything else. */
export function gate(access: Access): MiddlewareHandler {
	return async (context, next) => {
		const refused = refusal(context, access);
		if (refused === undefined) await next();
		else context.res = refused;
		for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
	};
}

function refusal(context: Context, access: Access): Response | undefined {
	const host = context.req.header("Host") ?? "";
	if (!isOwnHost(host, access.open)) {
		return problem(context, 421, "wrong-host", phrase("wrong-host"), phrase("open-as-printed"));
	}
	const origin = context.req.header("Origin");
	if (origin !== undefined && origin !== `http://${host}`) {
		return problem(context, 403, "foreign-origin", phrase("foreign-origin"));
	}
	if (fetchedFromElsewhere(context)) {
		return problem(context, 403, "foreign-origin", phrase("foreign-origin"));
	}
	return withoutToken(context, access, host);
}

/** An address cannot be rebound by a name server; a name can, and only `localhost` is known to be this machine. */
function isOwnHost(host: string, open: boolean): boolean {
	const name = host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
	if (name === "localhost" || name === "127.0.0.1" || name === "::1") return true;
	return open && isIP(name) !== 0;
}

/** Browsers say so; following a link to the page itself is no harm. */
function fetchedFromElsewhere({ req }: Context): boolean {
	const site = req.header("Sec-Fetch-Site");
	if (site === undefined || site === "same-origin" || site === "none") return false;
	return !(req.method === "GET" && req.header("Sec-Fetch-Mode") === "navigate");
}

function withoutToken(context: Context, { token }: Access, host: string): Response | undefined {
	// Cookies are kept apart by name and not by port.
	const cookie = `podpath-${/:(\d+)$/.exec(host)?.[1] ?? "80"}`;
	const given = context.req.query("token");
	if (given !== undefined && isToken(given, token)) {
		setCookie(context, cookie, token, { httpOnly: true, sameSite: "Lax", path: "/" });
		// The token leaves the address bar and the history; the fragment with the question stays.
		return context.redirect(context.req.path, 303);
	}
	const bearer = /^Bearer (.+)$/.exec(context.req.header("Authorization") ?? "")?.[1];
	if (isToken(bearer ?? getCookie(context, cookie) ?? "", token)) return undefined;
	if (context.req.header("Accept")?.includes("text/html") === true) return context.html(REFUSAL_PAGE, 401);
	return problem(context, 401, "no-token", phrase("no-token"), phrase("open-as-printed"));
}

/** In a time that says nothing about how much of it is right. */
function isToken(given: string, token: string): boolean {
	const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
	return timingSafeEqual(digest(given), digest(token));
}
