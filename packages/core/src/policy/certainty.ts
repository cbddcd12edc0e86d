/**
 * What is known of a condition, as numbers, so that the least of several is their conjunction and the greatest their
 * disjunction (Kleene's strong logic of three values).
 */
export const NO = 0;
export const UNKNOWN = 1;
export const YES = 2;

export type Certainty = typeof NO | typeof UNKNOWN | typeof YES;
