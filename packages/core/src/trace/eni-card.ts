/** Which ENI of the VPCs has an address, or an id. */
import { attachmentOf, vpcsOf } from "../fabric/attachment.ts";
import type { Attachment, Eni } from "../state/fabric.ts";
import type { Network } from "../state/network.ts";

/** A card of a VPC with the ENI that it is. */
export type EniCard = Attachment & { readonly eni: Eni };

/** The ENI whose address it is. */
export function eniWith(network: Network, address: string): EniCard | undefined {
	for (const vpc of vpcsOf(network)) {
		const card = attachmentOf(vpc.attachments, address);
		if (card?.eni !== undefined) return { ...card, eni: card.eni };
	}
	return undefined;
}

export function eniById(network: Network, id: string): Eni | undefined {
	return vpcsOf(network)
		.flatMap(({ attachments }) => attachments)
		.find(({ eni }) => eni?.id === id)?.eni;
}
