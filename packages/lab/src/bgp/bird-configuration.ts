/** BIRD 2's configuration for a speaker, as confd and administrators write it for the same neighbours. */
import type { BgpNeighbour, FilterRule, Prefix, RouteFilter, Speaker } from "@podpath/core";

/** `bird.conf` of one machine: a speaker for each family that it speaks. */
export function birdConfiguration(speakers: readonly Speaker[]): string {
	const [first] = speakers;
	return `router id ${first?.routerId.text};
protocol device { scan time 2; }
${speakers.map(ofFamily).join("")}`;
}

/** What is in the kernel already says how next hops are reached that are not on a link. */
function ofFamily(speaker: Speaker): string {
	const family = familyOf(speaker);
	return `protocol direct { ${family}; }
protocol static { ${family}; ${speaker.networks.map(({ text }) => `route ${text} blackhole;`).join(" ")} }
protocol kernel {
  learn;
  scan time 2;
  merge paths ${speaker.installs === "all-equal" ? "on" : "off"};
  ${family} { import all; export filter { if (source != RTS_BGP) then { reject; } ${birdFilter(speaker.kernel)} }; };
}
${speaker.neighbours
	.filter((each) => speaker.addresses.every(({ text }) => text !== each.address.text))
	.map((each) => session(speaker, each))
	.join("")}`;
}

function familyOf({ addresses }: Speaker): string {
	return addresses[0]?.family === 6 ? "ipv6" : "ipv4";
}

function session(speaker: Speaker, neighbour: BgpNeighbour): string {
	const asn = neighbour.localAsn ?? speaker.asn;
	const isDirect = speaker.sharesLink !== undefined;
	const options = [
		// A session on a link takes the address there.
		`local ${isDirect ? "" : speaker.addresses[0]?.text} as ${asn};`,
		`neighbor ${neighbour.address.text} as ${neighbour.asn};`,
		isDirect ? "direct;" : "multihop;",
		...(neighbour.client ? ["rr client;"] : []),
		...(speaker.clusterId !== undefined && neighbour.asn === asn ? [`rr cluster id ${speaker.clusterId.text};`] : []),
		...(neighbour.allowedOwnAs > 0 ? [`allow local as ${neighbour.allowedOwnAs};`] : []),
		"connect delay time 1;",
		"connect retry time 2;",
		"error wait time 1, 2;",
	];
	const channel = [
		importFilter(neighbour),
		exportFilter(neighbour, speaker.exports),
		...(isDirect ? [] : ["gateway recursive;"]),
		...(neighbour.nextHop === "default" ? [] : [`next hop ${neighbour.nextHop};`]),
		// Otherwise the kernel would have IPv6's next hops by the link-local addresses of their cards.
		...(isDirect && neighbour.address.family === 6 ? ["next hop prefer global;"] : []),
	];
	return `protocol bgp {
${options.map((each) => `  ${each}\n`).join("")}  ${familyOf(speaker)} {
${channel.map((each) => `    ${each}\n`).join("")}  };
}
`;
}

function importFilter({ imports = [], localPreference }: BgpNeighbour): string {
	const preferred = localPreference === undefined ? "" : `bgp_local_pref = ${localPreference}; `;
	return `import filter { ${imports.map((rule) => `${birdRule(rule)} `).join("")}${preferred}accept; };`;
}

/** The neighbour's rules, then the speaker's, of what is its own or BGP brought. */
function exportFilter({ exports = [] }: BgpNeighbour, { rules, otherwise }: RouteFilter): string {
	const filter = birdFilter({ rules: [...exports, ...rules], otherwise });
	return `export filter { if (source !~ [ RTS_BGP, RTS_STATIC ]) then { reject; } ${filter} };`;
}

function birdFilter({ rules, otherwise }: RouteFilter): string {
	return [...rules.map(birdRule), `${otherwise};`].join(" ");
}

/** A rule as confd's template_funcs.go writes one. */
export function birdRule(rule: FilterRule): string {
	const conditions = [
		...(rule.prefix === null ? [] : [`(net ${matchOf(rule.prefix, rule)})`]),
		...(rule.learnedOnly === true ? ["((defined(source))&&(source ~ [ RTS_BGP ]))"] : []),
	];
	return conditions.length === 0 ? `${rule.action};` : `if (${conditions.join("&&")}) then { ${rule.action}; }`;
}

function matchOf(prefix: Prefix, { match, negated }: FilterRule): string {
	const not = negated === true ? "!" : "";
	if (match === "exact") return `${not}= ${prefix.text}`;
	if (match === "within") return `${not}~ ${prefix.text}`;
	return `${not}~ [ ${prefix.text}{${match.min},${match.max}} ]`;
}
