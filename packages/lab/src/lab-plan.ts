/** What a lab has to build: made from a network by `realize/`, carried out by a backend. Plain data. */
import type { Place, Said } from "@podpath/core";

/** What a kernel must be able to do for a lab; probed once for each kernel (`backends/probe`). */
export const FEATURES = [
	"veth",
	"bridge",
	"vlan",
	"vlan-filtering",
	"vxlan",
	"ipip",
	"macvlan",
	"ipvlan",
	"dummy",
	"tun",
	/** Either implementation, under the plain name `iptables`. */
	"iptables",
	"iptables-legacy",
	"iptables-nft",
	"nft",
	"ipset",
	"ipvs",
	"conntrack",
	"br-netfilter",
	"tc-flower",
	"tc-u32",
	/** Rewriting packets, for what stands in for eBPF programs. */
	"tc-pedit",
	"sctp",
	"bird",
] as const;
export type Feature = (typeof FEATURES)[number];

/** A network namespace of the lab. */
export interface LabNamespace {
	/** Its name on the kernel: short, safe, unique in the lab (`n1`, `p3`, `f1`). */
	readonly name: string;
	/** The stack or fabric device that it stands for. */
	readonly place: Place;
}

/** One process or one set of writes; steps run in order, and the first that fails ends the building with its message. */
export type LabStep =
	| {
			readonly kind: "run";
			/** Absent: the lab's own first namespace, where devices are made straight into others. */
			readonly namespace?: string;
			/** Never a shell's text: the words of one command. */
			readonly argv: readonly string[];
			readonly stdin?: string;
			/** Its status is an answer, not a failure of the building. */
			readonly mayFail?: true;
	  }
	| {
			/** A program that goes on, such as BIRD in its foreground. It ends with its namespace; ending before is an error. */
			readonly kind: "daemon";
			readonly namespace: string;
			readonly argv: readonly string[];
	  }
	| {
			/** Ends the namespace's programs that go on. */
			readonly kind: "end";
			readonly namespace: string;
	  }
	| {
			readonly kind: "sysctl";
			readonly namespace: string;
			/** Keys as paths below /proc/sys (`net/ipv4/ip_forward`), in order. */
			readonly settings: readonly (readonly [path: string, value: string])[];
	  };

export interface LabPlan {
	/** Machines and fabric first, pods last: captures of one moment are put in order by this (lab.md 6). */
	readonly namespaces: readonly LabNamespace[];
	readonly steps: readonly LabStep[];
	/** Who speaks BGP once the steps are done, and the routes of theirs, which are not in the steps. Absent: nobody. */
	readonly bgp?: LabBgp;
	/** What the kernel has to have for these steps. */
	readonly needs: ReadonlySet<Feature>;
	/** Entries of the network that cannot be made on a kernel, each with the reason. */
	readonly omitted: readonly Said[];
	/** eBPF programs and OpenFlow tables, which the lab has not got: ways on which one that nothing stands in for does something are not compared. */
	readonly programs: readonly LabProgram[];
	/** What of them is there only while somebody asks for a Service's address. */
	readonly translations: readonly LabTranslation[];
	/** Fabric devices without a namespace of their own: the router before them does a load balancer's work. */
	readonly folded: readonly Place[];
	/** Fabric devices that pass on what others send and receive: a trunk's card, for its members. */
	readonly carriers: readonly Place[];
	/** Where a bridge's flooded copies of a frame show: its ports send them, and the far ends of these receive them. */
	readonly floods: readonly LabFlood[];
	/** Which device of which namespace a fabric port of the lab is: for reading captures. */
	readonly ports: readonly LabPort[];
}

export interface LabFlood {
	readonly place: Place;
	readonly device: string;
	readonly direction: "in" | "out";
	/** Of a VLAN's device: the device by which the frame comes in first. */
	readonly lower?: string;
	/** Devices that stand on it: what they receive it has received on the way. */
	readonly above: readonly { readonly place: Place; readonly device: string }[];
}

/** Routes that come from BGP sessions. */
export interface LabBgp {
	readonly speakers: readonly LabSpeaker[];
	/** The routes as they were computed. */
	readonly routes: readonly LabStep[];
	/** Some neighbours must have no session. */
	readonly hasSessionsDown: boolean;
}

export interface LabSpeaker {
	readonly place: Place;
	readonly namespace: string;
	/** BIRD 2's. */
	readonly configuration: string;
	/** What BIRD has to put into the kernel: `PREFIX via GATEWAY…`, in order. */
	readonly routes: readonly string[];
}

/** An eBPF program, or flow tables of Open vSwitch, that are left out. */
export interface LabProgram {
	readonly place: Place;
	readonly device: string;
	readonly name: string;
	/** Absent: eBPF. */
	readonly technology?: "OpenFlow";
	/** tc filters do what it is documented to do. */
	readonly stoodInFor: boolean;
}

/** tc filters that translate a Service's address in one namespace, as eBPF programs do. */
export interface LabTranslation {
	readonly virtual: { readonly protocol: string; readonly port: number; readonly address: string };
	readonly namespace: string;
	/** `tc -batch` */
	readonly add: string;
	readonly remove: string;
}

/** A device that exists in the lab only: the fabric's end of a machine's cable. */
export interface LabPort {
	readonly namespace: string;
	readonly device: string;
	/** The fabric device that it belongs to. */
	readonly fabric: Place;
	/** The machine's device at the other end. */
	readonly to: { readonly place: Place; readonly device: string };
}
