/** The lab: podpath's networks on a real Linux kernel. */
export type { Backend, BackendKind, StepOutput } from "./backend.ts";
export { firstLine } from "./backends/first-line.ts";
export { LabError } from "./backends/lab-error.ts";
export { AUTOMATIC_KINDS, type OpenOptions, openBackend } from "./backends/open.ts";
export { type FeatureReport, type ProbeFeaturesOptions, probeFeatures } from "./backends/probe.ts";
export {
	compareWay,
	compareWays,
} from "./compare/compare.ts";
export {
	type Agreement,
	type ComparedDirection,
	type Comparison,
	type Difference,
	type Disagreement,
	type Divergence,
	isAboutHop,
	type NotCompared,
} from "./compare/comparison.ts";
export type { HopRow } from "./compare/hop-row.ts";
export { deviceText, packetText } from "./compare/hop-text.ts";
export type { FieldDifference } from "./compare/packet-difference.ts";
export { type ComparisonTextOptions, renderComparison, renderTally } from "./compare/render-comparison.ts";
export type { SeenHop } from "./compare/seen-hop.ts";
export { type Tally, tally } from "./compare/tally.ts";
export { decodeCaptured, decodeEthernet, decodeIp } from "./frames/decode.ts";
export {
	type Content,
	type DecodedFrame,
	isTruncated,
	type Transport,
	type Undecoded,
} from "./frames/decoded-frame.ts";
export { type Confirmed, type Counts, type FuzzOptions, fuzz, Kernel } from "./fuzz/fuzz.ts";
export { type FuzzCase, printCounts, printDisagreement } from "./fuzz/print.ts";
export { LabFolder, type LabInput, type LabRecord, labFolders, type StandingLab } from "./keeper/lab-folder.ts";
export { connectLab, type RemoteBackend } from "./keeper/remote-backend.ts";
export { isAlive, type KeeperCommand, runKeeper, startLab, takeDownLab } from "./keeper/start.ts";
export { FEATURES, type Feature, type LabNamespace, type LabPlan, type LabPort, type LabStep } from "./lab-plan.ts";
export type { Accepted, CapturedFrame, Listener, Observation, Probe, ProbeResult } from "./observation.ts";
export { type CaptureFileOptions, captureFile } from "./pcapng/capture-file.ts";
export { type RealizeOptions, realize } from "./realize/realize.ts";
export {
	captureOf,
	type LabAnswer,
	type LabVerdict,
	type ProbedOnce,
	tellingProbe,
	verdictOfLab,
} from "./session/answer.ts";
export { Conversation } from "./session/conversation.ts";
export { Lab, type RaiseOptions, raiseLab } from "./session/lab.ts";
export { placesFor } from "./session/places.ts";
export { type Case, type Proof, type ProveOptions, proveAll } from "./session/prove.ts";
