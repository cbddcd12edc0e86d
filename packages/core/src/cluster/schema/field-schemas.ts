/** The values that podpath's own kinds are made of. */
import * as z from "zod";
import { type Address, parseAddress } from "../../address/address.ts";
import { type Prefix, parsePrefix } from "../../address/prefix.ts";
import { type AddressRange, parseRange } from "../../ipam/range.ts";

/** A network address with its length: bits past the length would be a slip. */
export const cidr: z.ZodType<Prefix, string> = z
	.string()
	.transform((text, context): Prefix => {
		const parsed = text.includes("/") ? parsePrefix(text) : undefined;
		if (parsed === undefined) {
			context.addIssue({ code: "custom", message: "must be a CIDR, as in 10.0.0.0/8 or fd00::/64" });
			return z.NEVER;
		}
		if (parseAddress(text.slice(0, text.indexOf("/")))?.text !== parsed.address.text) {
			context.addIssue({ code: "custom", message: `must be a network: ${parsed.text} has that address` });
			return z.NEVER;
		}
		return parsed;
	})
	.meta({ format: "cidr", examples: ["10.0.0.0/8", "fd00::/64"] });

export const ipAddress: z.ZodType<Address, string> = z
	.string()
	.transform((text, context): Address => {
		const parsed = parseAddress(text);
		if (parsed !== undefined) return parsed;
		context.addIssue({ code: "custom", message: "must be an IP address" });
		return z.NEVER;
	})
	.meta({ format: "ip", examples: ["10.0.0.1", "fd00::1"] });

/** Addresses from one to another. */
export const addressRange: z.ZodType<AddressRange, string> = z
	.string()
	.transform((text, context): AddressRange => {
		const parsed = parseRange(text);
		if (parsed !== undefined) return parsed;
		context.addIssue({ code: "custom", message: "must be FIRST-LAST or a CIDR, as in 10.0.0.10-10.0.0.19" });
		return z.NEVER;
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
	.string({ error: 'must be a version in quotes, as in "1.30"' })
	.transform((text, context): number => {
		const minor = minorVersionOf(text);
		if (minor !== undefined) return minor;
		context.addIssue({ code: "custom", message: 'must be a version, as in "1.30"' });
		return z.NEVER;
	})
	.meta({ examples: ["1.20", "v1.30.2"] });

/** The minor version of a Kubernetes version, 29 of `v1.29.3`. */
export function minorVersionOf(text: string): number | undefined {
	const [, minor] = /^v?1\.(\d{1,3})(?:[.+-].*)?$/.exec(text) ?? [];
	return minor === undefined ? undefined : Number(minor);
}

/** `1.4.1`, `v1.16`: three numbers, those that are not said 0. */
export const terwayVersion: z.ZodType<readonly [number, number, number], string> = z
	.string({ error: 'must be a version in quotes, as in "1.4.1"' })
	.transform((text, context): readonly [number, number, number] => {
		const [, major, minor, patch = "0"] = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:[+-].*)?$/.exec(text) ?? [];
		if (major !== undefined && minor !== undefined) return [Number(major), Number(minor), Number(patch)];
		context.addIssue({ code: "custom", message: 'must be a version, as in "1.4.1"' });
		return z.NEVER;
	})
	.meta({ examples: ["1.4.1", "v1.16.2"] });

export const sysctls: z.ZodType<Readonly<Record<string, string>>, Record<string, string>> = z.record(
	z.string(),
	z.string({ error: 'must be a string in quotes, as in "1"' }),
);
