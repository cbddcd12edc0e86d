/** What podpath's packages use of the engine. */

export {
	type Address,
	address,
	addressFromWords,
	type Family,
	formatEndpoint,
	parseAddress,
} from "./address/address.ts";
export { scenarioManifests } from "./atlas/change.ts";
export { checkScenario, type Difference, formatDifference } from "./atlas/check.ts";
export { parseScenarios } from "./atlas/parse.ts";
export { findScenario, type Scenario, scenarioName } from "./atlas/scenario.ts";
export type { Cluster } from "./cluster/cluster.ts";
export type { ManifestFile } from "./cluster/input/document.ts";
export { loadCluster } from "./cluster/load.ts";
export { ownKindSchemas } from "./cluster/schema/own-kinds.ts";
export { closest } from "./diagnostic/closest.ts";
export { type Diagnostic, formatDiagnostic, formatPosition, InputError, printable } from "./diagnostic/diagnostic.ts";
export type { ReasonCode } from "./kernel/because.ts";
export type { Crossing, Rewrite } from "./kernel/walk.ts";
export { clusterNetwork } from "./modes/network.ts";
export { type Snapshot, type SnapshotFile, type SnapshotNamespace, snapshotNetwork } from "./modes/snapshot.ts";
export type { Origin, SourcePosition } from "./origin/origin.ts";
export {
	type Frame,
	type Packet,
	type Payload,
	PROTOCOL_NUMBERS,
	type Protocol,
	type TcpFlags,
} from "./packet/packet.ts";
export { parseConntrack } from "./parse/conntrack.ts";
export { columns } from "./render/columns.ts";
export { renderJson, stringifyJson } from "./render/json.ts";
export { renderLinks } from "./render/links.ts";
export { renderMermaid } from "./render/mermaid.ts";
export { explanationSchema, jsonSchema, questionSchema } from "./render/schema.ts";
export { type Paint, paintFor, type Role } from "./render/style.ts";
export { renderSvg } from "./render/svg.ts";
export { formatQuestion, renderText, type TextOptions } from "./render/text.ts";
export type { ConntrackEntry, Tuple } from "./state/conntrack.ts";
export type { Namespace } from "./state/namespace.ts";
export type { Network } from "./state/network.ts";
export type { Place } from "./state/place.ts";
export { explain, verdictOf } from "./trace/explain.ts";
export { type Explanation, VERDICTS, type Verdict } from "./trace/explanation.ts";
export { type Endpoint, type PredictedConnection, type PredictedWay, predict } from "./trace/prediction.ts";
export { QUESTION_PROTOCOLS, type Question, type QuestionProtocol, VIAS, type Via } from "./trace/question.ts";
export type { Subject } from "./trace/subject.ts";
