import { expect, it } from "vitest";
import { clusterNetwork } from "../../src/modes/network.ts";
import { clusterOf, node, pod, segment } from "../support/clusters.ts";
import { fullRouteLine, kernelRouteLines } from "../support/kernel-routes.ts";
import { hasRealKernel, inNewNamespace } from "../support/real-kernel.ts";
import { fdbLine } from "../support/state-lines.ts";

/** The links, addresses and entries that flannel makes on a node, by the commands of the run E:t7. */
function commands(macOf: (device: string) => string): string {
	return `
		ip link set lo up
		sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.default.accept_dad=0
		mac() { ip link set $1 address $2; }
		ip link add eth0 type veth peer name q1; mac eth0 ${macOf("eth0")}; ip link set q1 up; ip link set eth0 up
		ip addr add 10.9.0.1/24 brd + dev eth0
		ip route add default via 10.9.0.254 proto static
		ip link add flannel.1 address ${macOf("flannel.1")} type vxlan id 1 dev eth0 local 10.9.0.1 dstport 8472 nolearning
		ip addr add 10.244.1.0/32 dev flannel.1; ip link set flannel.1 up mtu 1450
		ip link add cni0 address ${macOf("cni0")} type bridge; ip addr add 10.244.1.1/24 brd + dev cni0; ip link set cni0 up
		ip link add vetha address ${macOf("vetha")} type veth peer name p1; ip link set p1 up; ip link set vetha up master cni0
		bridge link set dev vetha hairpin on
		ip neigh replace 10.244.2.0 lladdr 3a:c2:02:15:7e:18 dev flannel.1 nud permanent
		bridge fdb replace 3a:c2:02:15:7e:18 dev flannel.1 dst 10.9.0.2 self permanent
		ip route replace 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink
		sleep 0.3
		ip -N -j -4 route show table all; ip -N -j -6 route show table all
		ip neigh show nud permanent; echo; bridge fdb
	`;
}

it.skipIf(!hasRealKernel)(
	"a node of flannel's vxlan backend is what this machine's kernel makes of flannel's commands",
	() => {
		const f1 = clusterNetwork(
			clusterOf({
				mode: "flannel-vxlan",
				podCIDRs: ["10.244.0.0/16"],
				nodes: [
					node("f1", ["10.9.0.1"], ["10.244.1.0/24"]),
					node("f2", ["10.9.0.2"], ["10.244.2.0/24"], {
						annotations: { "flannel.alpha.coreos.com/backend-data": '{"VNI":1,"VtepMAC":"3a:c2:02:15:7e:18"}' },
					}),
				],
				pods: [pod("x/a", "f1", ["10.244.1.11"], { annotations: { "podpath.dev/host-interface": "vetha" } })],
				segments: [segment("lan", ["10.9.0.0/24"], ["10.9.0.254"])],
				kubeProxy: { mode: "none" },
			}),
		).namespace("node/f1");
		const printed = inNewNamespace(commands((name) => f1?.links.find((link) => link.name === name)?.mac ?? ""));
		const [ipv4 = "", ipv6 = "", neighbours = "", , ...fdb] = printed.trim().split("\n");
		const routes = [...kernelRouteLines(ipv4, 4), ...kernelRouteLines(ipv6, 6)];
		const onNode = routes.filter((text) => !/ dev (q1|p1) /.test(text));
		expect(f1?.routes.map(fullRouteLine).sort()).toEqual(onNode.sort());
		expect(neighbours.trim()).toBe("10.244.2.0 dev flannel.1 lladdr 3a:c2:02:15:7e:18 PERMANENT");
		// Multicast groups aside, and what is learned: here nobody sent a frame, or only the veth's own peer.
		const theirs = fdb.map((text) => text.trim().replace("  ", " ")).filter((text) => !/^(33:33|01:00)/.test(text));
		const ours = f1?.fdb.map(fdbLine) ?? [];
		const lasting = (lines: readonly string[]): readonly string[] => lines.filter((text) => text.endsWith("permanent"));
		expect([...lasting(ours)].sort()).toEqual([...lasting(theirs)].sort());
	},
);
