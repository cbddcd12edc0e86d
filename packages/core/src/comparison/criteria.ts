/** By what modes are compared. */
import type { ModeProfile } from "./profile.ts";

/** The rows of a comparison: first what carries packets, then addresses, then what pods can have, then what it costs. */
export const MODE_CRITERIA = [
	"scenario",
	"technology",
	"mechanism",
	"nextHop",
	"attachment",
	"families",
	"podAddresses",
	"pool",
	"fixedAddress",
	"exit",
	"networkPolicy",
	"mixesNetworks",
	"stacks",
	"overhead",
] as const;

export type Criterion = (typeof MODE_CRITERIA)[number];

/** The criteria by which the modes are not all alike. */
export function differingCriteria(profiles: readonly ModeProfile[]): ReadonlySet<Criterion> {
	const isDifferent = (criterion: Criterion): boolean =>
		new Set(profiles.map((profile) => JSON.stringify(profile[criterion]))).size > 1;
	return new Set(MODE_CRITERIA.filter(isDifferent));
}
