/** The waist of podpath: all namespaces and what joins them. Everything above makes it, everything below only reads it. */
import type { Address } from "../address/address.ts";
import type { Phrase } from "../wording/phrase.ts";
import type { Assumption } from "./assumption.ts";
import type { DeviceAt, FabricDevice, Far, LoadBalancer } from "./fabric.ts";
import type { Namespace } from "./namespace.ts";
import type { Place } from "./place.ts";
import type { Speaker } from "./speaker.ts";

/**
 * A network. Namespaces are made on first use and never change afterwards, so what is derived from one may be kept as
 * long as the namespace itself.
 */
export interface Network {
	/** Every stack and fabric device that the input describes; clients on the Internet exist when they are asked about. */
	places(): readonly Place[];
	/** The stack at a place, or `undefined` where the input describes none. */
	namespace(place: Place): Namespace | undefined;
	/** What the device is joined to. */
	wireAt(place: Place, device: string): Far;
	/** Devices of OTHER namespaces whose lower device is this one: a macvlan that was moved into a pod. */
	stackedOn(place: Place, device: string): readonly DeviceAt[];
	/** Every fabric device. */
	fabrics(): readonly FabricDevice[];
	/** A fabric device by its place. */
	fabric(place: Place): FabricDevice | undefined;
	/** The load balancers, for fabric devices that hand packets to one. */
	readonly loadBalancers: readonly LoadBalancer[];
	/** Who holds this address, as far as the input says so by name (a pod's, node's, host's). */
	ownerOf(address: Address): Place | undefined;
	/** What was taken for granted while the network was made, beside each namespace's own; the answers repeat what concerns them. */
	readonly assumptions: readonly Assumption[];
	/** Why the network knows no way for a packet that got lost, as far as what it was made of says. Absent: nobody can say. */
	causesOf?(lost: LostPacket): readonly Cause[];
	/** Who speaks BGP, of both families, as far as the namespaces' routes come from that. Absent: nobody, or nobody can say. */
	speakers?(): readonly Speaker[];
}

/** A packet that did not arrive, or whose answer did not. */
export interface LostPacket {
	/** Where it came by. */
	readonly places: readonly Place[];
	/** As whom it was sent, and whom it was for at the end. */
	readonly from: Address;
	readonly to: Address;
	/** It got there, and its answer was lost. */
	readonly isAnswer: boolean;
}

/** Something in the input that a packet gets lost by. */
export interface Cause {
	readonly code: string;
	/** With the file and line where it is written. */
	readonly message: Phrase;
	readonly fix: Phrase;
	/** `bgppeer/tor`. */
	readonly object: string;
}
