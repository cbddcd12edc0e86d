/** Ports that a rule has drawn at random: any of the range, but the same one from then on. */
import { address, type Rewrite } from "@podpath/core";
import { expect, test } from "vitest";
import { PortBinding } from "../../src/compare/port-binding.ts";

const pod = address("10.244.1.2");
const node = address("10.0.0.1");
const because = { code: "masquerade", facts: {}, origin: null, hits: [] } as const;

function masquerade(from: typeof pod, randomPort?: Rewrite["randomPort"]): Rewrite {
	const [before, after] = [from, node].map((each) => ({ address: each, port: 40000 }));
	if (before === undefined || after === undefined) throw new Error("unreachable");
	const rewrite = { at: "node/a", kind: "masquerade", before, after, because } as const;
	return randomPort === undefined ? rewrite : { ...rewrite, randomPort };
}

const RANGE = { from: 1024, to: 65535 };

test("without a rule that says so a port is what was predicted", () => {
	const ports = new PortBinding([masquerade(pod)]);
	expect(ports.fits(node, 40000, 40000)).toBe(true);
	expect(ports.fits(node, 40000, 40001)).toBe(false);
});

test("a drawn port is of its range and stays what it was first", () => {
	const ports = new PortBinding([masquerade(pod, RANGE)]);
	expect(ports.fits(node, 40000, 1023)).toBe(false);
	expect(ports.fits(node, 40000, 2345)).toBe(true);
	expect(ports.fits(node, 40000, 2346)).toBe(false);
	expect(ports.shown(node, 40000)).toBe(2345);
});

test("the endpoint before the rewrite keeps its port", () => {
	const ports = new PortBinding([masquerade(pod, RANGE)]);
	expect(ports.fits(pod, 40000, 2345)).toBe(false);
	expect(ports.fits(pod, 40000, 40000)).toBe(true);
});

test("a node that masquerades its own connection has the same endpoint before and after", () => {
	const ports = new PortBinding([masquerade(node, RANGE)]);
	expect(ports.fits(node, 40000, 2345)).toBe(true);
	expect(ports.fits(node, 40000, 40000)).toBe(true);
	expect(ports.fits(node, 40000, 2346)).toBe(false);
});

test("an endpoint that is drawn a port twice has two, and no third", () => {
	const ports = new PortBinding([masquerade(pod, RANGE), masquerade(node, RANGE)]);
	expect([2345, 2346, 2345, 2347].map((port) => ports.fits(node, 40000, port))).toEqual([true, true, true, false]);
});

test("what is made of a drawn port may look like the endpoint before all rewrites, which keeps its port", () => {
	const back: Rewrite = { ...masquerade(node), after: { address: pod, port: 40000 } };
	const ports = new PortBinding([masquerade(pod, RANGE), back]);
	expect(ports.fits(pod, 40000, 40000)).toBe(true);
	expect(ports.fits(node, 40000, 2345)).toBe(true);
	expect(ports.fits(pod, 40000, 2345)).toBe(true);
	expect(ports.fits(pod, 40000, 2346)).toBe(false);
});

test("a connection that does not fit as a whole says nothing of the port: it may be that of an earlier packet", () => {
	const ports = new PortBinding([masquerade(node, RANGE)]);
	const connection = (sport: number, answersTo: number) => () =>
		ports.fits(node, 40000, sport) && ports.fits(node, 40000, answersTo);
	expect(ports.fitsTogether(connection(39999, 2345))).toBe(false);
	expect(ports.fitsTogether(connection(40000, 2346))).toBe(true);
	expect(ports.shown(node, 40000)).toBe(2346);
});
