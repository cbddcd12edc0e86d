/** What podpath's packages use of the engine. */

export {
	type Address,
	address,
	addressBits,
	addressFromWords,
	type Family,
	formatEndpoint,
	parseAddress,
} from "./address/address.ts";
export {
	contains,
	defaultPrefix,
	hostPrefix,
	overlaps,
	type Prefix,
	parsePrefix,
	prefix,
	prefixOf,
} from "./address/prefix.ts";
export {
	type AtlasFiles,
	type AtlasIndex,
	atlasFilesSchema,
	atlasIndex,
	atlasIndexSchema,
	manifestFileSchema,
	type ScenarioEntry,
	scenarioEntry,
} from "./api/atlas-index.ts";
export {
	type DiagnosisEvent,
	type DiagnosisProgress,
	type DiagnosisWatch,
	diagnoseInTurns,
	diagnosisEventSchema,
} from "./api/diagnosis-run.ts";
export { type EditedFile, editOf, withEdit } from "./api/edited-file.ts";
export { editedFileSchema } from "./api/edited-file-schema.ts";
export { type FaultEntry, type FaultIndex, faultIndex, faultIndexSchema } from "./api/fault-index.ts";
export {
	type InputSummary,
	inputSummarySchema,
	knownPlaceSchema,
	type ServedInput,
	servedInputSchema,
	summaryOf,
} from "./api/input.ts";
export {
	type LabComparison,
	type LabDifference,
	type LabEvent,
	type LabKernel,
	type LabOffer,
	type LabReport,
	type LabReportVerdict,
	type LabRow,
	labEventSchema,
	labOfferSchema,
	labReportSchema,
} from "./api/lab-report.ts";
export { LAB_STAGES, type LabStage } from "./api/lab-stages.ts";
export { type Problem, problemOf, problemSchema } from "./api/problem.ts";
export {
	type StateEntry,
	type StateGroup,
	type StateReport,
	stateReport,
	stateReportSchema,
} from "./api/state-report.ts";
export {
	type TopologyBalancer,
	type TopologyCard,
	type TopologyFabric,
	type TopologyGroup,
	type TopologyMachine,
	type TopologyPod,
	type TopologyReport,
	topologyReport,
	topologyReportSchema,
} from "./api/topology-report.ts";
export { scenarioManifests } from "./atlas/change.ts";
export { checkScenario, type Difference, formatDifference } from "./atlas/check.ts";
export { checkFault, faultSubject, faultyCluster } from "./atlas/check-fault.ts";
export { type Fault, faultName, findFault, parseFaults } from "./atlas/fault.ts";
export { type AtlasName, atlasNameOf } from "./atlas/named.ts";
export { parseScenarios } from "./atlas/parse.ts";
export {
	NO_PROOFS,
	PROOF_BACKENDS,
	type ProofBackend,
	type ProofRecord,
	parseProofRecord,
	printProofRecord,
	proofRecordSchema,
	type RecordedProof,
} from "./atlas/proof-record.ts";
export { type ProofState, proofState, proofText, scenarioDigest } from "./atlas/proof-state.ts";
export { rereadNetwork } from "./atlas/reread.ts";
export { findScenario, type Scenario, SOURCE_FORMS, scenarioName } from "./atlas/scenario.ts";
export { ACCEPT_ALL, REJECT_ALL } from "./bgp/filter.ts";
export { BgpNetwork, type RouteTable, type SelectedRoute } from "./bgp/network.ts";
export { clusterCapacity, NAMES as POD_KIND_NAMES, type NodeCapacity, type Room } from "./capacity/cluster-capacity.ts";
export {
	findInstanceType,
	type InstanceType,
	type InstanceTypes,
	instanceTypesOf,
	knownInstanceTypes,
} from "./capacity/instance-type.ts";
export { type Limit, type LimitOptions, type Limits, limitsOf, type PodKind } from "./capacity/limits.ts";
export type { Cluster } from "./cluster/cluster.ts";
export type { ManifestFile } from "./cluster/input/document.ts";
export { loadCluster, loadClusterInTurns, type Turns } from "./cluster/load.ts";
export { ownKindSchemas } from "./cluster/schema/own-kinds.ts";
export { type Choice, choose, type Reason } from "./comparison/choose.ts";
export { type Criterion, differingCriteria, MODE_CRITERIA } from "./comparison/criteria.ts";
export { modeProfiles } from "./comparison/measure.ts";
export { NEED_QUESTIONS, type Need, type Needs, needsFrom } from "./comparison/needs.ts";
export type { ModeProfile } from "./comparison/profile.ts";
export { type CriterionText, criterionText, needText, profileText, reasonText } from "./comparison/wording.ts";
export { type CodeMeaning, FINDING_CODES } from "./diagnose/code-meanings.ts";
export { FINDING_CODES_ZH } from "./diagnose/code-meanings-zh.ts";
export type { FindingCode } from "./diagnose/codes.ts";
export { diagnose, diagnoseAgainst } from "./diagnose/diagnose.ts";
export type { Diagnosis, DiagnosisFinding } from "./diagnose/finding.ts";
export { diffPaths, type PathDiff } from "./diagnose/path-diff.ts";
export { type SurveyProgress, survey } from "./diagnose/survey.ts";
export { closest } from "./diagnostic/closest.ts";
export {
	type Diagnostic,
	diagnosticIn,
	formatDiagnostic,
	formatPosition,
	InputError,
	printable,
	type ToldDiagnostic,
} from "./diagnostic/diagnostic.ts";
export { type Batch, joinWords } from "./emit/batch.ts";
export { bridgeFdbBatch } from "./emit/bridge-fdb.ts";
export { bridgeVlanBatch } from "./emit/bridge-vlan.ts";
export { ipAddressBatch, ipLinkBatch, ipLinkIntoBatch } from "./emit/ip-link-batch.ts";
export { ipNeighBatch } from "./emit/ip-neigh.ts";
export { ipRouteBatch } from "./emit/ip-route.ts";
export { ipRuleBatch } from "./emit/ip-rule.ts";
export { printIpvsadmSave } from "./emit/ipvsadm-save.ts";
export { printNamespace } from "./emit/namespace.ts";
export { tcBatch } from "./emit/tc-batch.ts";
export type { Because, ReasonCode } from "./kernel/because.ts";
export { VPC_MAC } from "./kernel/layer2.ts";
export { tagTowards, vlansOf as segmentVlanIds } from "./kernel/segment-vlan.ts";
export type { Crossing, Rewrite } from "./kernel/walk.ts";
export { clusterNetwork } from "./modes/network.ts";
export { unicastRoute } from "./modes/route.ts";
export type { Candidate } from "./modes/terway/candidate.ts";
export { TERWAY_MODE_IDS } from "./modes/terway/mode.ts";
export { matchInWords, matchPodNetworking, type PodNetworkingMatch } from "./modes/terway/pod-networking-match.ts";
export type { WebhookEffects } from "./modes/terway/webhook-effects.ts";
export { printIpsetSave } from "./netfilter/ipset/save.ts";
export { parseNftRuleset } from "./netfilter/nftables/parse.ts";
export { printRuleset } from "./netfilter/nftables/print.ts";
export type { NftChain, NftRuleset, NftSet, NftTable } from "./netfilter/nftables/ruleset.ts";
export { parseXtablesSave, printXtablesSave } from "./netfilter/xtables/save.ts";
export type { XtTable } from "./netfilter/xtables/table.ts";
export { KERNEL, type Origin, type SourcePosition } from "./origin/origin.ts";
export {
	type Frame,
	type Packet,
	type Payload,
	PROTOCOL_NUMBERS,
	type Protocol,
	packetsInside,
	type TcpFlags,
} from "./packet/packet.ts";
export { parseConntrack } from "./parse/conntrack.ts";
export { parseNamespace } from "./parse/namespace.ts";
export { columns } from "./render/columns.ts";
export { diagnosisSchema, pathDiffSchema } from "./render/diagnosis-schema.ts";
export { renderDiagnosis } from "./render/diagnosis-text.ts";
export { endsOf, lastStepOf } from "./render/ends.ts";
export { causeStepOf, stepOfFinding } from "./render/finding-steps.ts";
export { changedSteps, firstDifference } from "./render/first-difference.ts";
export { groupPaths, type PathGroup } from "./render/groups.ts";
export { endpoint, formatHeader, headerChanges } from "./render/header.ts";
export { formatOrigin } from "./render/hop-table.ts";
export { renderJson, stringifyJson } from "./render/json.ts";
export { directionsOf, renderLinks } from "./render/links.ts";
export { renderMermaid } from "./render/mermaid.ts";
export { firstOtherDecision } from "./render/other-decision.ts";
export { renderPathDiff } from "./render/path-diff-text.ts";
export { endOf, type PathEnd } from "./render/path-end.ts";
export { ENGLISH_PICTURE, type PictureWords } from "./render/picture-words.ts";
export { explanationSchema, jsonSchema, questionSchema } from "./render/schema.ts";
export { formatShare } from "./render/share.ts";
export { captureAtStep, captureNear } from "./render/step-capture.ts";
export { cornerOf, type Point, pointOf } from "./render/step-point.ts";
export { type Step, type StepPosition, stepsOf } from "./render/steps.ts";
export { type Paint, paintFor, type Role } from "./render/style.ts";
export { renderSvg } from "./render/svg.ts";
export type { PlacedArrow } from "./render/svg-arrows.ts";
export type { Box, PlacedPlace, PlacedSpot } from "./render/svg-box.ts";
export { type Layout, layoutOf } from "./render/svg-layout.ts";
export { CAUSE_SIGN, crossOf } from "./render/svg-signs.ts";
export { shortened } from "./render/svg-text.ts";
export { formatQuestion, renderText, type TextOptions } from "./render/text.ts";
export { type Tone, toneOf } from "./render/tone.ts";
export { keyOf as spotKey, shownLinks, type Topology, topologyOf } from "./render/topology.ts";
export type { Snapshot, SnapshotFile, SnapshotNamespace } from "./snapshot/files.ts";
export { type SnapshotState, snapshotNetwork } from "./snapshot/network.ts";
export { assembleNamespace } from "./state/assemble.ts";
export type { ConntrackEntry, Tuple } from "./state/conntrack.ts";
export type { Contribution } from "./state/contribution.ts";
export type {
	Attachment,
	DeviceAt,
	Eni,
	FabricDevice,
	Far,
	Internet,
	Listener as BalancerListener,
	LoadBalancer,
	SecurityGroup,
	SecurityGroupRule,
	Segment,
	Vpc,
} from "./state/fabric.ts";
export { hardwareAddress } from "./state/hardware-address.ts";
export type { FdbEntry, InterfaceAddress, Neighbour, Route, Rule } from "./state/ip.ts";
export type { RealServer, VirtualServer } from "./state/ipvs.ts";
export { linkLocalOf } from "./state/kernel-routes.ts";
export {
	type BridgeLink,
	type BridgePort,
	DEFAULT_BRIDGE_PORT,
	type Link,
	type LinkKind,
	type PortVlan,
	type VethLink,
	type VlanLink,
} from "./state/link.ts";
export { type Namespace, STATE_PARTS, type StatePart } from "./state/namespace.ts";
export type { Network } from "./state/network.ts";
export { type Place, placeKind } from "./state/place.ts";
export type { FilterRule, Neighbour as BgpNeighbour, RouteFilter, Speaker } from "./state/speaker.ts";
export { type NetworkParts, staticNetwork, type Wire } from "./state/static-network.ts";
export { KERNEL_DEVICE_DEFAULTS } from "./state/sysctl.ts";
export type { ProgramEffect, ProgramRedirect, TcFilter, TcQdisc } from "./state/tc.ts";
export { type Citation, entriesOf, isCited } from "./trace/citation.ts";
export { explain, verdictOf } from "./trace/explain.ts";
export {
	type ExplainedCapture,
	type ExplainedConntrack,
	type ExplainedHop,
	type ExplainedLink,
	type ExplainedPacket,
	type ExplainedPath,
	type ExplainedRule,
	type Explanation,
	type Finding,
	VERDICTS,
	type Verdict,
} from "./trace/explanation.ts";
export { EXPLANATION_FINDINGS, type ExplanationFindingCode } from "./trace/finding-meanings.ts";
export { EXPLANATION_FINDINGS_ZH } from "./trace/finding-meanings-zh.ts";
export { type KnownPlace, knownPlaces, placesLike } from "./trace/known-places.ts";
export { planOf } from "./trace/plan.ts";
export { type Endpoint, type PredictedConnection, type PredictedWay, predict } from "./trace/prediction.ts";
export {
	QUESTION_PROTOCOLS,
	type Question,
	type QuestionProtocol,
	questionOf,
	VIAS,
	type Via,
} from "./trace/question.ts";
export type { Subject } from "./trace/subject.ts";
export { reason } from "./trace/wording.ts";
export { LANGUAGES, type Language } from "./wording/language.ts";
export {
	isSaid,
	type Phrase,
	type PhraseCode,
	phrase,
	type Said,
	withFacts,
	worded,
	wordedFact,
} from "./wording/phrase.ts";
