/**
 * The script that collects: POSIX shell, for a machine where podpath is not. `--print-script` prints it, `--local` and
 * `--ssh` run it, so all three ask the same. It reads only, and writes to a folder of its own and to the archive.
 */
import { STATE_COMMANDS } from "./commands.ts";
import { kubernetesScript } from "./kubernetes-script.ts";
import { namespaceScript } from "./namespace-script.ts";

/** How many namespaces are read at a time: their commands run side by side already. */
const AT_A_TIME = 8;
/** Seconds that the commands of one namespace, which run at once, may take. */
const LIMIT_SECONDS = 20;

export interface ScriptOptions {
	readonly version: string;
	/** Whose a namespace is, by its name below /run/netns: `n1` to `node/a`. */
	readonly places?: ReadonlyMap<string, string>;
	/** Only the namespaces that `places` names, and not the machine's own. */
	readonly onlyPlaces?: boolean;
	/** For a kernel that is slow, as User-Mode Linux is: one namespace after the other, with more time. */
	readonly slow?: boolean;
}

export function collectScript({
	version,
	places = new Map(),
	onlyPlaces = false,
	slow = false,
}: ScriptOptions): string {
	const named = [...places].map(([name, place]) => `${name} ${place}`).join("\n");
	return `#!/bin/sh
# Collects what a node's kernel does with packets, for podpath (version ${version}). It reads only: every command is below.
# Never read: Secrets, environments, arguments of containers, keys among the sysctls.
#
#   sh collect.sh [-o FILE.tar.gz|-] [-n NODE] [-c CONTEXT] [-K] [-N]
#
#   -o  the archive to write; - writes it to standard output    -n  the node's name in Kubernetes (uname -n)
#   -c  kubectl's context    -K  no Kubernetes objects    -N  no namespaces, Kubernetes objects alone
version=${quoted(version)}
places=${quoted(named)}
only_places=${onlyPlaces ? "yes" : ""}
parts=${quoted(STATE_COMMANDS.map(({ part }) => part).join(" "))}
at_a_time=${slow ? 1 : AT_A_TIME}
seconds=${slow ? 3 * LIMIT_SECONDS : LIMIT_SECONDS}
${FUNCTIONS}
${kubernetesScript()}
write_namespace_script() {
cat >"$work/.namespace.sh" <<'NAMESPACE'
${namespaceScript()}NAMESPACE
printf 'neigh show nud all\\nneigh show proxy\\n' >"$work/.neighbours"
}
${MAIN}
`;
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

const FUNCTIONS = `umask 077
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH
up() { read -r now _ </proc/uptime; now=\${now%%.*}; }
tell() { [ "$quiet" != "" ] || echo "podpath: $*" >&2; }
said() { sed -n '/./{p;q;}' "$1" | tr -d '"\\\\' | tr -cd ' -~' | cut -c1-200; }
# All namespaces: INODE ID PATH PID, named ones first, by their names below /run/netns.
find_namespaces() {
  own=$(readlink /proc/self/ns/net); own=\${own#net:[}; own=\${own%]}; own_name=host
  ls -l /proc/[0-9]*/ns/net 2>/dev/null |
    sed -n 's#.* /proc/\\([0-9]*\\)/ns/net -> net:\\[\\([0-9]*\\)\\]$#\\2 \\1#p' | sort -k1,1 -u >"$work/.processes"
  : >"$work/.ids"
  for path in /run/netns/* /var/run/docker/netns/*; do
    [ -e "$path" ] || continue
    id=\${path##*/}; inode=$(ls -Lid "$path" 2>/dev/null); inode=\${inode%% *}
    case $id in *[!A-Za-z0-9._-]*|.*) id=$inode ;; esac
    [ "$inode" != "$own" ] || own_name=$id
    [ "$inode" != "" ] && found "$inode" "$id" "$path"
  done
  while read -r inode pid; do found "$inode" "$inode" "/proc/$pid/ns/net"; done <"$work/.processes"
}
found() {
  [ "$1" != "$own" ] || return 0
  while read -r inode_known id_known _; do
    [ "$inode_known" != "$1" ] && [ "$id_known" != "$2" ] || return 0
  done <"$work/.ids"
  process=
  while read -r inode_known pid_known; do [ "$inode_known" != "$1" ] || process=$pid_known; done <"$work/.processes"
  echo "$1 $2 $3 $process" >>"$work/.ids"
}
# place_of ID: what the caller says whose it is.
place_of() {
  place=
  while read -r place_id place_name; do [ "$place_id" != "$1" ] || place=$place_name; done <<PLACES
$places
PLACES
}
enter() {
  if [ "$1" = - ]; then $limit sh "$work/.namespace.sh" "$2" all
  elif command -v nsenter >/dev/null 2>&1; then $limit nsenter --net="$1" sh "$work/.namespace.sh" "$2"
  else $limit ip netns exec "\${1##*/}" sh "$work/.namespace.sh" "$2"; fi
}
# Its own process group would keep an interrupt from it.
find_limit() {
  if timeout --foreground 1 true 2>/dev/null; then limit="timeout --foreground $seconds"
  elif timeout 1 true 2>/dev/null; then limit="timeout $seconds"
  else limit=; fi
}
# read_namespace PATH FOLDER
read_namespace() {
  mkdir -p "$2"
  trap 'kill $inside 2>/dev/null; wait; exit 143' TERM
  enter "$1" "$2" 2>"$2/.enter.err" & inside=$!
  wait $inside || {
    status=$?; case $status in 124|143) return 0 ;; esac
    up; message=$(said "$2/.enter.err"); reason=failed
    case $message in *ermission*|*ermitted*) reason=permission ;; esac
    for part in $parts; do [ -e "$2/.$part.log" ] || echo "$part - $now 0 $reason $message" >"$2/.$part.log"; done
  }
}
# describe FOLDER INODE ID PID: netns.yaml
describe() {
  {
    place_of "$3"; [ "$place" = "" ] || echo "place: $place"
    [ "$2" = "" ] || echo "inode: $2"
    if [ "$4" != "" ]; then
      uid=$(sed -n 's/.*pod\\([0-9a-f]\\{8\\}[-_][0-9a-f]\\{4\\}[-_][0-9a-f]\\{4\\}[-_][0-9a-f]\\{4\\}[-_][0-9a-f]\\{12\\}\\).*/\\1/p' "/proc/$4/cgroup" 2>/dev/null | sed -n 1p | tr _ -)
      [ "$uid" = "" ] || echo "podUID: $uid"
    fi
    echo "nsids:"
    [ ! -s "$1/.nsids" ] || while read -r nsid name; do
      case $name in "inode:$own"|"$own_name") name=host ;; inode:*)
        for_inode=\${name#inode:}; name=
        while read -r inode_known id_known _; do [ "$inode_known" != "$for_inode" ] || name=$id_known; done <"$work/.ids" ;;
      esac
      [ "$name" = "" ] || echo "  $nsid: \\"$name\\""
    done <"$1/.nsids" | sort -u -k1,1
  } >"$1/netns.yaml"
}
# entries FOLDER NODE NETNS: what ran when, and what is missing and why, as lines of YAML.
entries() {
  for part in $parts; do
    [ -e "$1/.$part.log" ] || { echo "  - {node: \\"$2\\", netns: $3, part: $part, reason: $unfinished, message: \\"\\"}" >>"$work/.missing"; continue; }
    read -r name ending begun took reason message <"$1/.$part.log"
    if [ "$ending" = - ]; then
      echo "  - {node: \\"$2\\", netns: $3, part: $name, reason: $reason, message: \\"$message\\"}" >>"$work/.missing"
    else
      echo "  - {node: \\"$2\\", netns: $3, file: $name.$ending, at: $((begun + boot)), seconds: $took}" >>"$work/.commands"
    fi
  done
}
snapshot_yaml() {
  echo "apiVersion: podpath.dev/v1alpha1"
  echo "kind: Snapshot"
  echo "collectedAt: \\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\\""
  echo "collector: \\"podpath $version\\""
  if [ "$interrupted" = "" ]; then echo "complete: true"; else echo "complete: false"; fi
  if [ "$nodes" != "" ]; then
    read -r boot_id 2>/dev/null </proc/sys/kernel/random/boot_id || boot_id=
    echo "machines:"; echo "  - {name: \\"$node\\", kernel: \\"$(uname -r)\\", boot: \\"$boot_id\\", clock: $(date +%s)}"
  fi
  [ ! -s "$work/.missing" ] || { echo "missing:"; cat "$work/.missing"; }
  [ ! -s "$work/.commands" ] || { echo "commands:"; cat "$work/.commands"; }
}
finish() {
  unfinished=timeout; [ "$interrupted" = "" ] || unfinished=interrupted
  : >"$work/.commands"; : >"$work/.missing"
  if [ "$nodes" != "" ]; then
    [ "$only_places" != "" ] || { describe "$root/host" "$own" host ""; entries "$root/host" "$node" null; }
    while read -r inode id path pid; do
      [ -d "$root/netns/$id" ] || continue
      describe "$root/netns/$id" "$inode" "$id" "$pid"; entries "$root/netns/$id" "$node" "\\"$id\\""
    done <"$work/.ids"
  fi
  for log in "$work"/.kube.*.log; do
    [ -e "$log" ] || continue
    read -r name _ _ _ reason message <"$log"
    echo "  - {part: $name, reason: $reason, message: \\"$message\\"}" >>"$work/.missing"
  done
  snapshot_yaml >"$work/snapshot.yaml"
  set -- snapshot.yaml; [ ! -d "$work/kubernetes" ] || set -- "$@" kubernetes; [ ! -d "$work/nodes" ] || set -- "$@" nodes
  find "$work" -name '.*' -type f -exec rm -f {} +
  if [ "$out" = - ]; then (cd "$work" && tar -cf - "$@" | gzip -c)
  else (cd "$work" && tar -cf - "$@" | gzip -c) >"$out.part" && mv "$out.part" "$out" && tell "written to $out"; fi
}`;

const MAIN = `main() {
  node=$(uname -n) out= context= nodes=yes objects=yes watch= quiet= interrupted=
  while getopts o:n:c:KNwq option; do
    case $option in
      o) out=$OPTARG ;; n) node=$OPTARG ;; c) context=$OPTARG ;; K) objects= ;; N) nodes= ;; w) watch=yes ;; q) quiet=yes ;;
      *) exit 2 ;;
    esac
  done
  case $node in ''|*[!A-Za-z0-9._-]*|.*) echo "podpath: \\"$node\\" cannot be a node's name" >&2; exit 2 ;; esac
  [ "$out" != "" ] || out=podpath-$node.tar.gz
  # A rescue system or a container may have a /tmp that cannot be written.
  for folder in "\${TMPDIR:-/tmp}" /dev/shm /run; do
    work=$(mktemp -d "$folder/podpath-collect.XXXXXX" 2>/dev/null) && break
  done
  [ "$work" != "" ] || { echo "podpath: there is no folder to work in: set TMPDIR" >&2; exit 4; }
  trap 'rm -rf "$work"' EXIT
  running=
  trap 'interrupted=yes; kill $running 2>/dev/null' INT TERM HUP
  if [ "$watch" != "" ]; then
    # Whoever started this over a connection has gone when its end of the pipe has.
    main_pid=$$; exec 3<&0
    ( while read -r _; do :; done <&3; kill -TERM $main_pid ) >/dev/null 2>&1 &
    watcher=$!
    trap 'kill $watcher 2>/dev/null; rm -rf "$work"' EXIT
  fi
  up; boot=$(($(date +%s) - now)); root=$work/nodes/$node
  write_namespace_script; find_limit
  if [ "$objects" != "" ]; then ( collect_kubernetes ) & running="$running $!"; objects_pid=$!; fi
  if [ "$nodes" != "" ]; then collect_namespaces; fi
  [ "$objects" = "" ] || pause $objects_pid
  finish
  [ "$interrupted" = "" ] || exit 130
}
# A signal ends a wait early; what it was for has to be waited for all the same.
pause() { wait "$@"; [ "$interrupted" = "" ] || wait "$@" 2>/dev/null; }
collect_namespaces() {
  find_namespaces
  count=0 batch=
  if [ "$only_places" = "" ]; then read_namespace - "$root/host" & batch=$!; running="$running $!"; fi
  while read -r inode id path pid; do
    [ "$interrupted" = "" ] || break
    if [ "$only_places" != "" ]; then place_of "$id"; [ "$place" != "" ] || continue; fi
    read_namespace "$path" "$root/netns/$id" & batch="$batch $!"; running="$running $!"
    count=$((count + 1))
    if [ $((count % at_a_time)) -eq 0 ]; then pause $batch; batch=; tell "$node: $count namespaces"; fi
  done <"$work/.ids"
  [ "$batch" = "" ] || pause $batch
  tell "$node: $count namespaces besides its own"
}
main "$@"; exit $?`;
