/** Addresses from one to another, both included. */
import { type Address, addressPlus, compareAddresses, type Family, parseAddress } from "../address/address.ts";
import { lastAddress, type Prefix, parsePrefix } from "../address/prefix.ts";

export interface AddressRange {
	readonly family: Family;
	readonly first: Address;
	readonly last: Address;
	/** As a person writes it: `10.0.0.1-10.0.0.9`. */
	readonly text: string;
}

/** @throws {RangeError} Where the last is before the first, or of the other family. */
export function addressRange(first: Address, last: Address): AddressRange {
	if (first.family !== last.family || compareAddresses(first, last) > 0) {
		throw new RangeError(`no range from ${first.text} to ${last.text}`);
	}
	return { family: first.family, first, last, text: `${first.text}-${last.text}` };
}

/** Every address of a block, its network and its broadcast address too. */
export function wholeBlock(block: Prefix): AddressRange {
	return { ...addressRange(block.address, lastAddress(block)), text: block.text };
}

/**
 * What machines may have of a subnet: from after its network address to before its broadcast address (containernetworking
 * plugins/ipam/host-local/backend/allocator/range.go; hybridnet pkg/ipam/types/subnet.go Canonicalize).
 */
export function hostRange(block: Prefix): AddressRange {
	const last = lastAddress(block);
	const size = compareAddresses(addressPlusOr(block.address, 2), last);
	// A block of one or two addresses has no room for others.
	if (size > 0) return wholeBlock(block);
	const end = block.family === 4 ? addressPlus(last, -1) : last;
	return { ...addressRange(addressPlus(block.address, 1), end), text: block.text };
}

function addressPlusOr(base: Address, offset: number): Address {
	try {
		return addressPlus(base, offset);
	} catch {
		return base;
	}
}

export function inRange({ family, first, last }: AddressRange, candidate: Address): boolean {
	return (
		candidate.family === family && compareAddresses(first, candidate) <= 0 && compareAddresses(candidate, last) <= 0
	);
}

export function rangesOverlap(a: AddressRange, b: AddressRange): boolean {
	return inRange(a, b.first) || inRange(b, a.first);
}

/**
 * `FIRST-LAST`, `FIRST~LAST` (as seed 004 writes it), one address, or a CIDR, of which machines may have what `hostRange`
 * says. Undefined: it is none of them.
 */
export function parseRange(text: string): AddressRange | undefined {
	if (text.includes("/")) {
		const block = parsePrefix(text);
		return block && hostRange(block);
	}
	const [from = "", to = from, ...rest] = text.split(/[-~]/).map((part) => part.trim());
	const first = parseAddress(from);
	const last = parseAddress(to);
	if (first === undefined || last === undefined || rest.length > 0) return undefined;
	if (first.family !== last.family || compareAddresses(first, last) > 0) return undefined;
	return addressRange(first, last);
}
