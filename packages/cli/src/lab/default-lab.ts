/** The lab that commands are about where nobody names one. */
export const DEFAULT_LAB = "default";
