/** The bits of the packet mark that Felix takes, from the lowest of its mask (felix/dataplane/driver.go, IptablesMarkMask 0xffff0000). */

/** Policy, or a profile, has accepted the packet. */
export const MARK_ACCEPT = 0x1_0000;
/** A tier passed the packet on to the next. */
export const MARK_PASS = 0x2_0000;
/** In the raw table: the packet came from a pod. */
export const MARK_FROM_WORKLOAD = 0x4_0000;
/** The first of two scratch bits, while one rule is asked in parts (felix/rules/policy.go): all parts so far match. */
export const MARK_ALL_BLOCKS: number = MARK_FROM_WORKLOAD;
/** The second: this part matches. */
export const MARK_THIS_BLOCK = 0x8_0000;
/** All of them that are no endpoint's. */
export const MARK_ALL = 0xf_0000;
/** What is left of the mask numbers the endpoints, where kube-proxy runs in IPVS mode. */
export const MARK_ENDPOINT = 0xfff0_0000;
/** Its lowest bit: packets that came by no endpoint. */
export const MARK_NON_CALI_ENDPOINT = 0x10_0000;
