import { describe, expect, it } from "vitest";
import { hardwareAddress, linkLocalAddress } from "../../src/state/hardware-address.ts";

describe("hardwareAddress", () => {
	it("is unicast and locally administered (IEEE 802-2014 8.4: bits 0 and 1 of the first byte)", () => {
		const macs = Array.from({ length: 500 }, (_, i) => hardwareAddress(`pod/default/p${i}`, "eth0"));
		expect(macs.every((mac) => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac))).toBe(true);
		expect(macs.every((mac) => (Number.parseInt(mac.slice(0, 2), 16) & 0b11) === 0b10)).toBe(true);
	});

	it("tells the devices of a large cluster apart", () => {
		const macs = new Set<string>();
		for (let node = 0; node < 1000; node++) {
			for (const device of ["eth0", "cni0", "flannel.1"]) macs.add(hardwareAddress(`node/n${node}`, device));
			for (let pod = 0; pod < 30; pod++) macs.add(hardwareAddress(`pod/default/p${node}-${pod}`, "eth0"));
		}
		expect(macs.size).toBe(33_000);
	});
});

describe("linkLocalAddress", () => {
	// `ip address` of veths on Linux: link/ether 56:63:cd:f3:61:f0 has inet6 fe80::5463:cdff:fef3:61f0
	it.each([
		["56:63:cd:f3:61:f0", "fe80::5463:cdff:fef3:61f0"],
		["0e:c1:1d:a5:63:66", "fe80::cc1:1dff:fea5:6366"],
	])("of %s is %s", (mac, text) => {
		expect(linkLocalAddress(mac).text).toBe(text);
	});
});
