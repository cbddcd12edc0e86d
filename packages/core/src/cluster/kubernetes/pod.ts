/** v1 Pod. */
import { phrase } from "../../wording/phrase.ts";
import type { Field } from "../field.ts";
import { namespacedMeta } from "../metadata.ts";
import type { ContainerPort, Pod, TransportProtocol } from "../objects.ts";
import { readAddressRequests } from "./address-requests.ts";
import { type FieldNames, publishedFields, type Spelling } from "./field-names.ts";
import { readPodNetworks } from "./multus.ts";
import { isReady } from "./node.ts";
import { countsIn, isTerwayResource } from "./resources.ts";

const SPEC: FieldNames = publishedFields(
	"nodeName hostNetwork containers initContainers",
	`activeDeadlineSeconds affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks ephemeralContainers
	hostAliases hostIPC hostPID hostUsers hostname hostnameOverride imagePullSecrets nodeSelector os overhead preemptionPolicy
	priority priorityClassName readinessGates resourceClaims resources restartPolicy runtimeClassName schedulerName
	schedulingGates schedulingGroup securityContext serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace
	subdomain terminationGracePeriodSeconds tolerations topologySpreadConstraints volumes workloadRef`,
);
const STATUS: FieldNames = publishedFields(
	"phase podIP podIPs conditions",
	`allocatedResources containerStatuses ephemeralContainerStatuses extendedResourceClaimStatus hostIP hostIPs
	initContainerStatuses message nominatedNodeName observedGeneration qosClass reason resize resourceClaimStatuses resources
	startTime`,
);
const CONTAINER: FieldNames = publishedFields(
	"name ports resources restartPolicy",
	`args command env envFrom image imagePullPolicy lifecycle livenessProbe readinessProbe resizePolicy restartPolicyRules
	securityContext startupProbe stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices
	volumeMounts workingDir`,
);
const PORT: FieldNames = publishedFields("name containerPort protocol", "hostIP hostPort");

export function readPod(object: Field, spelling: Spelling): Pod {
	const metadata = object.at("metadata");
	const spec = object.at("spec");
	const status = object.at("status");
	spelling.check(spec, SPEC, "Pod");
	spelling.check(status, STATUS, "Pod");
	for (const container of [...spec.at("containers").items(), ...spec.at("initContainers").items()]) {
		spelling.check(container, CONTAINER, phrase("container-of-pod"));
		for (const port of container.at("ports").items()) spelling.check(port, PORT, phrase("container-of-pod"));
	}
	const meta = namespacedMeta(object);
	const nodeName = spec.at("nodeName").text();
	const hostNetwork = spec.at("hostNetwork").boolean(false);
	const podIPs = podAddresses(status);
	// A manifest that a person wrote may leave the phase out; the API server never does.
	const assumed = podIPs.length > 0 || (hostNetwork && nodeName !== "") ? "Running" : "Pending";
	const phase = status.at("phase").oneOf(["Pending", "Running", "Succeeded", "Failed", "Unknown"], assumed);
	return {
		...meta,
		kind: "Pod",
		nodeName,
		hostNetwork,
		phase,
		ready: isReady(status.at("conditions"), phase === "Running"),
		terminating: metadata.at("deletionTimestamp").present,
		podIPs,
		ports: [...containerPorts(spec.at("containers")), ...sidecarPorts(spec.at("initContainers"))],
		owner: controllerOf(metadata.at("ownerReferences")),
		...requestsOf(spec.at("containers")),
		...readAddressRequests(object),
		...(metadata.at("uid").present && { uid: metadata.at("uid").text() }),
		...readPodNetworks(object, meta.namespace),
		...(podIPs.length === 0 && !saysState(status) && { withoutStatus: true as const }),
	};
}

function saysState(status: Field): boolean {
	return status.at("phase").present || status.at("conditions").present;
}

function podAddresses(status: Field): Pod["podIPs"] {
	const podIPs = status.at("podIPs").items();
	const fields = podIPs.length > 0 ? podIPs.map((each) => each.at("ip")) : [status.at("podIP")];
	return fields.filter((each) => each.present && each.value !== "").map((each) => each.address());
}

/** Of a resource that is not Kubernetes' own a limit is the request too. */
function requestsOf(containers: Field): Pick<Pod, "requests"> {
	const sums = new Map<string, number>();
	for (const container of containers.items()) {
		const { resources } = container.members();
		if (resources === undefined || resources === null) continue;
		const field = container.at("resources");
		const asked = {
			...countsIn(field.at("limits"), isTerwayResource),
			...countsIn(field.at("requests"), isTerwayResource),
		};
		for (const [name, count] of Object.entries(asked)) sums.set(name, (sums.get(name) ?? 0) + count);
	}
	return sums.size === 0 ? {} : { requests: Object.fromEntries(sums) };
}

function containerPorts(containers: Field): readonly ContainerPort[] {
	return containers.items().flatMap((container) => container.at("ports").items().map(containerPort));
}

/** Init containers that keep running count for named ports too (endpointslice FindPort). */
function sidecarPorts(containers: Field): readonly ContainerPort[] {
	return containers
		.items()
		.filter((container) => container.at("restartPolicy").text() === "Always")
		.flatMap((container) => container.at("ports").items().map(containerPort));
}

function containerPort(port: Field): ContainerPort {
	return {
		name: port.at("name").text(),
		containerPort: requiredPort(port.at("containerPort")),
		protocol: protocolOf(port.at("protocol")),
	};
}

function controllerOf(references: Field): string {
	const controller = references.items().find((each) => each.at("controller").boolean(false));
	return controller === undefined ? "" : `${controller.at("kind").text()}/${controller.at("name").text()}`;
}

export function requiredPort(field: Field): number {
	return field.present ? field.integer(0, 1, 65535) : field.mustBe(phrase("a-port"));
}

const PROTOCOLS: Readonly<Record<string, TransportProtocol>> = { TCP: "tcp", UDP: "udp", SCTP: "sctp" };

/** TCP where nothing is said. */
export function protocolOf(field: Field): TransportProtocol {
	return PROTOCOLS[field.oneOf(["TCP", "UDP", "SCTP"], "TCP")] as TransportProtocol;
}
