/** The values that podpath's own kinds are made of. */

import * as z from "zod";
import { type Address, parseAddress } from "../../address/address.ts";
import { type Prefix, parsePrefix } from "../../address/prefix.ts";
import { type AddressRange, parseRange } from "../../ipam/range.ts";
import { phrase } from "../../wording/phrase.ts";
import { CIDRS } from "../field.ts";
import { mustBe, refuseValue, wanted } from "./wanted.ts";

/** A network address with its length: bits past the length would be a slip. */
export const cidr: z.ZodType<Prefix, string> = z
	.string()
	.transform((text, context): Prefix => {
		const parsed = text.includes("/") ? parsePrefix(text) : undefined;
		if (parsed === undefined) {
			return refuseValue(context, mustBe(phrase("cidr-as-in", { example: CIDRS })));
		}
		if (parseAddress(text.slice(0, text.indexOf("/")))?.text !== parsed.address.text) {
			return refuseValue(context, wanted(phrase("not-a-network", { cidr: parsed.text })));
		}
		return parsed;
	})
	.meta({ format: "cidr", examples: ["10.0.0.0/8", "fd00::/64"] });

export const ipAddress: z.ZodType<Address, string> = z
	.string()
	.transform((text, context): Address => {
		const parsed = parseAddress(text);
		if (parsed !== undefined) return parsed;
		return refuseValue(context, mustBe(phrase("an-address")));
	})
	.meta({ format: "ip", examples: ["10.0.0.1", "fd00::1"] });

/** Addresses from one to another. */
export const addressRange: z.ZodType<AddressRange, string> = z
	.string()
	.transform((text, context): AddressRange => {
		const parsed = parseRange(text);
		if (parsed !== undefined) return parsed;
		return refuseValue(context, mustBe(phrase("range-as-in", { example: "10.0.0.10-10.0.0.19" })));
	})
	.meta({ examples: ["10.0.0.10-10.0.0.19", "10.0.0.0/24"] });

export const portNumber: z.ZodType<number, number> = z.int().min(1).max(65535);

/** IPv6 needs links of at least 1280 (RFC 8200), IPv4 of 68 (RFC 791). */
export const mtu: z.ZodType<number, number | undefined> = z.int().min(68).max(65535).default(1500);

export const transportProtocol: z.ZodType<"tcp" | "udp" | "sctp", string> = z
	.enum(["tcp", "udp", "sctp", "TCP", "UDP", "SCTP"])
	.transform((text) => text.toLowerCase() as "tcp" | "udp" | "sctp");

/** `1.29`, `v1.29.3`, `v1.20.4-aliyun.1`: the minor version. */
export const kubernetesVersion: z.ZodType<number, string> = z
	.string({ error: mustBe(phrase("version-in-quotes", { example: '"1.30"' })) })
	.transform((text, context): number => {
		const minor = minorVersionOf(text);
		if (minor !== undefined) return minor;
		return refuseValue(context, mustBe(phrase("a-version", { example: '"1.30"' })));
	})
	.meta({ examples: ["1.20", "v1.30.2"] });

/** The minor version of a Kubernetes version, 29 of `v1.29.3`. */
export function minorVersionOf(text: string): number | undefined {
	const [, minor] = /^v?1\.(\d{1,3})(?:[.+-].*)?$/.exec(text) ?? [];
	return minor === undefined ? undefined : Number(minor);
}

/** `1.4.1`, `v1.16`: three numbers, those that are not said 0. */
export const terwayVersion: z.ZodType<readonly [number, number, number], string> = z
	.string({ error: mustBe(phrase("version-in-quotes", { example: '"1.4.1"' })) })
	.transform((text, context): readonly [number, number, number] => {
		const [, major, minor, patch = "0"] = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:[+-].*)?$/.exec(text) ?? [];
		if (major !== undefined && minor !== undefined) return [Number(major), Number(minor), Number(patch)];
		return refuseValue(context, mustBe(phrase("a-version", { example: '"1.4.1"' })));
	})
	.meta({ examples: ["1.4.1", "v1.16.2"] });

export const sysctls: z.ZodType<Readonly<Record<string, string>>, Record<string, string>> = z.record(
	z.string(),
	z.string({ error: mustBe(phrase("quoted-string", { example: '"1"' })) }),
);
