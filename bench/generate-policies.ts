/** NetworkPolicies for a generated cluster, of the kinds that clusters have: made up but always the same. */

/** As in generate-cluster.ts. */
const NAMESPACES = 50;

/** Namespaces with labels, and this many policies spread over them. */
export function generatePolicies(count: number, services: number): { readonly name: string; readonly text: string } {
	const namespaces = Array.from({ length: NAMESPACES }, (_, index) => ({
		apiVersion: "v1",
		kind: "Namespace",
		metadata: { name: `ns-${index}`, labels: { team: `team-${index % 10}`, stage: index % 2 === 0 ? "prod" : "test" } },
	}));
	const policies = Array.from({ length: count }, (_, index) => policy(index, services));
	return { name: "policies.json", text: JSON.stringify([...namespaces, ...policies]) };
}

function policy(index: number, services: number): object {
	const namespace = index % NAMESPACES;
	// An app of that namespace: generate-cluster.ts puts app N into namespace N modulo their number.
	const app = `app-${(index * 7 * NAMESPACES + namespace) % services}`;
	return {
		apiVersion: "networking.k8s.io/v1",
		kind: "NetworkPolicy",
		metadata: { name: `policy-${index}`, namespace: `ns-${namespace}` },
		spec: specs(app)[Math.floor(index / NAMESPACES) % specs(app).length],
	};
}

function specs(app: string): readonly object[] {
	const ofApp = { matchLabels: { app } };
	const web = { matchExpressions: [{ key: "tier", operator: "In", values: ["web", "edge"] }] };
	return [
		{ podSelector: ofApp, policyTypes: ["Ingress", "Egress"] },
		{ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] },
		{ podSelector: ofApp, ingress: [{ from: [{ podSelector: web }], ports: [{ port: "http" }] }] },
		{
			podSelector: web,
			policyTypes: ["Egress"],
			egress: [
				{ ports: [{ port: 53, protocol: "UDP" }] },
				{ to: [{ namespaceSelector: { matchLabels: { stage: "prod" } } }] },
			],
		},
		{
			podSelector: ofApp,
			ingress: [
				{ from: [{ namespaceSelector: { matchLabels: { team: "team-3" } }, podSelector: web }] },
				{
					from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.64.0.0/10"] } }],
					ports: [{ port: 8000, endPort: 8999 }],
				},
			],
		},
	];
}
