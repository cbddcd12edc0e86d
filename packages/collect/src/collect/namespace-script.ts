/** The part of the script that runs inside a namespace: one shell, all commands at once. */
import { STATE_COMMANDS, type StateCommand } from "./commands.ts";

/**
 * `sh FILE FOLDER [all]`: writes the state files into the folder and what happened into its `.log`: a line
 * `PART ENDING STARTED SECONDS` for each file, `PART - STARTED SECONDS REASON MESSAGE` for each that is missing.
 */
export function namespaceScript(): string {
	return `${PREAMBLE}
${STATE_COMMANDS.filter(({ after }) => after === undefined)
	.map(sideBySide)
	.join("\n")}
wait
nsids >"$folder/.nsids" 2>/dev/null
`;
}

const PREAMBLE = `umask 077
folder=$1 all=$2 batch=\${0%/*}/.neighbours
LC_ALL=C; export LC_ALL
# Seconds since the machine started, without a process for it.
up() { read -r now _ </proc/uptime; now=\${now%%.*}; }
child=
pids=
# A shell hears a signal only after its child, unless it waits for it by wait.
t() { "$@" & child=$!; wait $child; }
trap 'kill $pids 2>/dev/null; wait; exit 143' TERM INT HUP
has() { for tool; do command -v "$tool" >/dev/null 2>&1 || { absent=$tool; return 1; }; done; }
filters() {
  while read -r _ kind _ _ device _; do
    case $kind in clsact|ingress) ;; *) continue ;; esac
    for direction in ingress egress; do
      echo "# tc filter show dev $device $direction"
      t tc filter show dev "$device" "$direction" 2>/dev/null
    done
  done <"$folder/tc-qdisc.txt"
}
no_nft_tables() { [ -e "$folder/nft-ruleset.txt" ] && [ ! -s "$folder/nft-ruleset.txt" ]; }
# Neighbours' timers say nothing of ways, and are half of all settings.
settings_at_once() {
  cd /proc/sys && grep -rs --exclude-dir=neigh --exclude='*secret*' --exclude='*_key' --exclude=flush '' net 2>/dev/null | sed 's/:/ = /'
  # Another grep may not know these options.
  [ -s "$folder/sysctl.txt" ]
}
settings() {
  cd /proc/sys && find net -path 'net/*/neigh' -prune -o -type f ! -name '*secret*' ! -name '*_key' ! -name flush -exec grep -s '' /dev/null {} + | sed 's/:/ = /'
}
tracked() {
  count=
  if [ -r /proc/sys/net/netfilter/nf_conntrack_count ]; then read -r count </proc/sys/net/netfilter/nf_conntrack_count
  else [ -e /proc/net/nf_conntrack ]; return; fi
  [ "$count" != 0 ]
}
nsids() {
  ip netns list-id | while read -r _ nsid _ _ _ name; do [ "$name" = "" ] || echo "$nsid \${name%)}"; done
  [ "$all" = "" ] || lsns -t net -n -o NETNSID,NS | while read -r nsid inode; do
    case $nsid in *[!0-9]*|'') ;; *) echo "$nsid inode:$inode" ;; esac
  done
}
# The first line of what a tool complained of, without what would need quoting.
said() { sed -n '/./{p;q;}' "$1" | tr -d '"\\\\' | tr -cd ' -~' | cut -c1-200; }
# try PART ENDING TOOLS COMMAND: 0 and the file, or the reason.
try() {
  case $done in yes) return ;; esac
  if ! has $3; then [ "$reason" != "" ] || { reason=tool-absent; message="$absent is not installed"; }; return; fi
  eval "$4" >"$folder/$1.$2" 2>"$folder/.$1.err" && { done=yes; ending=$2; return; }
  rm -f "$folder/$1.$2"
  message=$(said "$folder/.$1.err"); reason=failed
  case $message in *ermission*|*ermitted*|*"must be root"*) reason=permission ;; esac
}
# What is not finished in time is not there, and not half there.
part() { trap 'kill $child 2>/dev/null; rm -f "$folder/$1".*; exit 143' TERM; done=; reason=; message=; ending=; up; begun=$now; }
logged() {
  up
  if [ "$done" = yes ]; then echo "$1 $ending $begun $((now - begun))"
  else echo "$1 - $begun $((now - begun)) $reason $message"; fi >"$folder/.$1.log"
}`;

/** Parts that follow from another's file are read after it, by the same shell. */
function sideBySide(command: StateCommand): string {
	const later = STATE_COMMANDS.filter(({ after }) => after === command.part);
	return `( ${[command, ...later].map(partText).join("; ")} ) & pids="$pids $!"`;
}

function partText({ part, when, tries }: StateCommand): string {
	const attempts = tries
		.map(
			({ ending, tools, command }) =>
				`try ${part} ${ending} '${tools.join(" ")}' '${command.replaceAll("'", "'\\''")}'`,
		)
		.join("; ");
	const body =
		when === undefined
			? attempts
			: `if ${when}; then ${attempts}; else : >"$folder/${part}.txt"; done=yes; ending=txt; fi`;
	return `part ${part}; ${body}; logged ${part}`;
}
