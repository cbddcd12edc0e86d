/** What the findings of an explanation mean, by their codes. docs/findings.md is generated from here. */
export const EXPLANATION_FINDINGS = {
	"answer-untranslated":
		"Only the stack that gave the packet another destination can put it back in the answer. One that passes it by comes from an address that the client has not asked, and is not taken.",
	"bridge-netfilter-off":
		"Bridged packets do not pass iptables, so answers of pods on the same bridge are not translated back: they come from an address that the client has not asked.",
	"client-address-lost": "The server sees another address than the client's: it was masqueraded on the way.",
	"eni-of-another-node": "The ENI that has the pod's address is on another node than the pod.",
	"eni-quota-reached": "The node has as many ENIs or addresses as its instance type allows.",
	"external-ip-local-no-endpoint":
		"With externalTrafficPolicy Local a node sends what it is asked for to its own pods alone; one that has none turns clients away.",
	"internal-policy-local-no-endpoint":
		"With internalTrafficPolicy Local clients on a node are sent to pods of that node alone; where it has none they are turned away.",
	"lb-acl-denies": "The load balancer's access list does not let the client in.",
	"lb-client-not-kept": "The load balancer shows the server an address of its own.",
	"lb-member-missing": "The load balancer lacks a member that it should have.",
	"lb-member-not-endpoint": "A member of the load balancer is no endpoint of the Service.",
	"lb-member-wrong-eni": "A member of the load balancer is on another ENI than the pod.",
	"lb-member-wrong-port": "A member of the load balancer has another port than the Service.",
	"lb-no-ready-node": "No node is ready to be a member of the load balancer.",
	"line-not-understood": "A line of a dump was not understood; where it matters the verdict is unknown.",
	"missing-state": "The snapshot lacks files that the answer would have needed.",
	"pod-address-on-no-eni": "No ENI has the pod's address.",
	"pod-eni-missing": "The pod should have an ENI of its own and has none.",
	"pod-networking": "Which PodNetworking chose the pod's network.",
	"pod-networking-changed": "The PodNetworking was changed after the pod got its network.",
	"pod-networking-not-ready": "The PodNetworking that would fit the pod is not ready.",
	"pod-networking-shadowed": "Another PodNetworking fits the pod too, and comes later.",
	"pod-networking-zone": "The PodNetworking has no vSwitch in the node's zone.",
	"policy-allowed": "Which NetworkPolicies let the packet pass.",
	"policy-denied":
		"A pod that any policy selects takes only what one of its policies admits. The rest is dropped without a word: the sender waits until it gives up.",
	"policy-left-out": "The mode enforces NetworkPolicies, but not at this pod: the packet passes against what they say.",
	"policy-not-enforced": "There are NetworkPolicies, and nothing in the cluster enforces them.",
	"policy-not-evaluated": "A NetworkPolicy has a say that cannot be evaluated.",
	"port-assumed": "Neither the question nor the pod names a port.",
	"port-not-declared": "The pod does not declare the port; whether something listens is not known.",
	"security-group-denies":
		"The packet that opens a connection is asked about, and what no rule admits is dropped without a word: the sender waits until it gives up.",
	"security-group-denies-reply":
		"An answer passes by itself only at the ENI by which the question passed; at another one it is asked about like a new connection.",
	"security-group-not-applied": "A security group that the objects ask for is not on the ENI.",
	"security-group-of-node": "The node's security group decides, not the pod's.",
	"security-group-undecided": "The outcome depends on a value that the input does not hold.",
	"security-group-unknown": "The input does not hold a security group of the ENI.",
	"service-no-endpoints": "Nobody serves the Service: its clients are refused.",
	"service-no-ready-endpoint": "No endpoint of the Service is ready.",
	"source-dest-check": "The cloud drops what a machine sends with an address that is not its own.",
	"vlan-not-on-port": "A switch drops frames of a VLAN that the port does not carry, and tells nobody.",
	"vlan-without-member": "A VLAN of a trunk belongs to no member ENI.",
	"vpc-route-missing":
		"The VPC finds pods by an entry for the pod CIDR of each node. Without it nobody outside the node reaches the pods on it.",
	"vpc-route-wrong":
		"The VPC finds pods by an entry for the pod CIDR of each node. One that leads to another machine takes their packets there.",
	"ways-left-out": "There are more ways than were followed.",
} as const;

export type ExplanationFindingCode = keyof typeof EXPLANATION_FINDINGS;
