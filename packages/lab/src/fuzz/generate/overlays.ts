/** Where the ends of VXLANs are: static neighbours, or a flood that asks for them. Drawn last, as routes may lead elsewhere. */
import { hardwareAddress } from "@podpath/core";
import { hasDetours } from "./routing.ts";
import { FAMILIES, hostText, type Overlay, type World } from "./world.ts";

export function drawTunnelEnds(world: World): void {
	for (const overlay of world.overlays) {
		const { under, ends } = overlay;
		// To several ends a flooded frame goes as often; and what asks for neighbours over a tunnel may be lost outside of it, by
		// rules or routes, which an answer's owner is not asked about.
		const floods = ends.length === 2 && !world.filters && ends.every(({ member }) => !hasDetours(member.stack, under));
		for (const [i] of ends.entries()) endsOf(overlay, i, floods);
	}
}

function endsOf({ under, over, ends }: Overlay, own: number, floods: boolean): void {
	const end = ends[own];
	if (end === undefined) return;
	const { stack } = end.member;
	for (const [j, far] of ends.entries()) {
		if (j === own) continue;
		const at = hostText(under, far.member.host, 4);
		if (floods) {
			stack.fdb.push(`00:00:00:00:00:00 dev ${end.device} dst ${at} self permanent`);
			continue;
		}
		const mac = hardwareAddress(far.member.stack.place, far.device);
		stack.fdb.push(`${mac} dev ${end.device} dst ${at} self permanent`);
		for (const family of FAMILIES) {
			const address = hostText(over, j + 1, family);
			if (stack.neighbours.some((line) => line.startsWith(`${address} `))) continue;
			stack.neighbours.push(`${address} dev ${end.device} lladdr ${mac} PERMANENT`);
		}
	}
}
