/**
 * The part of the script that asks the API server. Objects are printed by a template that names the fields that count, so
 * that neither a container's environment nor its arguments nor a last-applied copy of them ever reaches the disk.
 */
import { KUBERNETES_KINDS, NETWORK_CONFIG_MAPS } from "./commands.ts";

/** Of maps all but the copy of the whole object that kubectl apply leaves. */
const MAP = (field: string): string =>
	`{{"{"}}{{range $k,$v := ${field}}}{{if ne $k "kubectl.kubernetes.io/last-applied-configuration"}}{{printf "%q" $k}}: {{printf "%q" $v}}, {{end}}{{end}}{{"}"}}`;

const PORTS = `[{{range .ports}}{{"{"}}{{with .name}}name: {{printf "%q" .}}, {{end}}containerPort: {{.containerPort}}, protocol: {{or .protocol "TCP"}}{{"}"}}, {{end}}]`;
const RESOURCES = `{{with .resources}}resources: {{"{"}}limits: ${MAP(".limits")}, requests: ${MAP(".requests")}{{"}"}}, {{end}}`;
const CONTAINERS = (field: string): string =>
	`[{{range ${field}}}{{"{"}}name: {{printf "%q" .name}}, {{with .restartPolicy}}restartPolicy: {{.}}, {{end}}${RESOURCES}ports: ${PORTS}{{"}"}}, {{end}}]`;

/** YAML: its double quotes read what Go's %q writes, and its lists may end in a comma. */
const POD_TEMPLATE = `{{range .items}}---
apiVersion: v1
kind: Pod
metadata:
  name: {{printf "%q" .metadata.name}}
  namespace: {{printf "%q" .metadata.namespace}}
  uid: {{printf "%q" .metadata.uid}}
{{with .metadata.deletionTimestamp}}  deletionTimestamp: {{printf "%q" .}}
{{end}}  labels: ${MAP(".metadata.labels")}
  annotations: ${MAP(".metadata.annotations")}
  ownerReferences: [{{range .metadata.ownerReferences}}{{"{"}}kind: {{printf "%q" .kind}}, name: {{printf "%q" .name}}, controller: {{if .controller}}true{{else}}false{{end}}{{"}"}}, {{end}}]
spec:
{{with .spec.nodeName}}  nodeName: {{printf "%q" .}}
{{end}}  hostNetwork: {{if .spec.hostNetwork}}true{{else}}false{{end}}
  containers: ${CONTAINERS(".spec.containers")}
  initContainers: ${CONTAINERS(".spec.initContainers")}
status:
{{with .status.phase}}  phase: {{.}}
{{end}}{{with .status.podIP}}  podIP: {{printf "%q" .}}
{{end}}  podIPs: [{{range .status.podIPs}}{{"{"}}ip: {{printf "%q" .ip}}{{"}"}}, {{end}}]
  conditions: [{{range .status.conditions}}{{"{"}}type: {{printf "%q" .type}}, status: {{printf "%q" .status}}{{"}"}}, {{end}}]
{{end}}`;

/** In any case: not every sed has a flag for it. */
const anyCase = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
const CREDENTIAL = ["secret", "token", "passw(or)?d", "credential", "(access|private|client|api)[_-]?key"]
	.map(anyCase)
	.join("|");
const CREDENTIAL_KEY = `[A-Za-z0-9_.-]*(${CREDENTIAL})[A-Za-z0-9_.-]*`;
/** Values of keys that name a credential, in the JSON and in the YAML that the strings of a ConfigMap hold. */
const WITHOUT_CREDENTIALS = [
	String.raw`s/(${CREDENTIAL_KEY}\\*"?: *\\*")([^"\\]|\\\\\\.|\\[^"\\])*/\1removed/g`,
	// Without quotes it ends with its line, which the string writes as \n.
	String.raw`s/(${CREDENTIAL_KEY}: *)([^]["\\ {}|>]|\\[^"n])([^"\\]|\\[^n])*/\1removed/g`,
]
	.map((expression) => `-e '${expression}'`)
	.join(" ")
	.replace(/^/, "sed -E ");
/** What kubectl apply leaves in an object: a copy of what somebody wrote. kubectl's JSON has a key on each line. */
const WITHOUT_APPLIED = `sed 's#\\("kubectl.kubernetes.io/last-applied-configuration": \\)".*"#\\1""#'`;

/** Shell text that fills `$work/kubernetes`; `$context` may name a context of kubectl's. */
export function kubernetesScript(): string {
	const calls = [
		`ask pods go-template --all-namespaces -o go-template-file="$work/.pods"`,
		...KUBERNETES_KINDS.map((kind) => `ask ${kind} json --all-namespaces -o json`),
		...NETWORK_CONFIG_MAPS.map(([namespace, name]) => `config_map ${namespace} ${name}`),
	];
	return `kube() { kubectl \${context:+--context="$context"} --request-timeout=10s "$@" </dev/null; }
ask() {
  kind=$1 format=$2; shift 2
  ending=json; [ "$format" = json ] || ending=yaml
  if kube get "$kind" "$@" >"$work/.$kind.out" 2>"$work/.$kind.err"; then
    ${WITHOUT_APPLIED} "$work/.$kind.out" >"$work/kubernetes/$kind.$ending"; rm -f "$work/.$kind.out"
  else kube_missing "$kind"; fi
}
kube_missing() {
  # Before the last line there may be lines of kubectl's own log.
  message=$(sed -n '/./h;\${x;p;}' "$work/.$1.err" | tr -d '"\\\\' | tr -cd ' -~' | cut -c1-200)
  # A kind that this cluster has not is no gap.
  case $message in *"have a resource type"*|*NotFound*) return ;; esac
  reason=failed; case $message in *orbidden*|*nauthorized*) reason=permission ;; *refused*|*imeout*|*"no such host"*) reason=unreachable ;; esac
  echo "kubernetes/$1 - 0 0 $reason $message" >"$work/.kube.$1.log"
}
config_map() {
  file=configmap-$1-$2
  if kube get configmap -n "$1" "$2" -o json >"$work/.$file.out" 2>"$work/.$file.err"; then
    ${WITHOUT_APPLIED} "$work/.$file.out" | ${WITHOUT_CREDENTIALS} >"$work/kubernetes/$file.json"; rm -f "$work/.$file.out"
  else kube_missing "$file"; fi
}
collect_kubernetes() {
  if ! command -v kubectl >/dev/null 2>&1; then
    echo "kubernetes - 0 0 tool-absent kubectl is not installed" >"$work/.kube.all.log"; return; fi
  mkdir -p "$work/kubernetes"
  cat >"$work/.pods" <<'TEMPLATE'
${POD_TEMPLATE}
TEMPLATE
  if ! kube get nodes -o name >/dev/null 2>"$work/.nodes.err"; then
    cp "$work/.nodes.err" "$work/.objects.err"; kube_missing objects; return; fi
${calls.map((call) => `  ${call} &`).join("\n")}
  wait
}`;
}
