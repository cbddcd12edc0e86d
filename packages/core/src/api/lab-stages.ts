/** The stages of a lab run. Apart from the schemas, which the page does not load. */

export const LAB_STAGES = ["building", "settling", "sending", "comparing"] as const;
/** `settling`: until addresses, links and routing daemons of the new network have come to rest. */
export type LabStage = (typeof LAB_STAGES)[number];
