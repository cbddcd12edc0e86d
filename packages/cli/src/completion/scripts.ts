/** Completion scripts: all of them ask `podpath __complete` with the words up to the cursor, one proposal a line. */
import type { CliProcess } from "../cli-process.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";

export type Shell = "bash" | "zsh" | "fish";

const BASH = `# podpath completion for bash
_podpath() {
	local words current
	# Colons of service/ns/name:80 break words in bash, unless they are put together again.
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n : -w words -c current
	else
		words=("\${COMP_WORDS[@]:0:COMP_CWORD+1}")
		current="\${COMP_WORDS[COMP_CWORD]}"
	fi
	local IFS=$'\\n'
	COMPREPLY=($(compgen -W "$(podpath __complete -- "\${words[@]:1}" 2>/dev/null)" -- "$current"))
	if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$current"; fi
}
complete -o default -F _podpath podpath
`;

const ZSH = `#compdef podpath
_podpath() {
	local -a proposals
	proposals=("\${(@f)$(podpath __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
	if [[ -n "\${proposals[1]}" ]]; then compadd -- "\${proposals[@]}"; else _files; fi
}
if [[ "\${funcstack[1]}" = _podpath ]]; then _podpath "$@"; else compdef _podpath podpath; fi
`;

const FISH = `# podpath completion for fish
complete -c podpath -a '(podpath __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

export async function printScript({ stdout }: CliProcess, shell: Shell): Promise<ExitStatus> {
	stdout.write(SCRIPTS[shell]);
	return EXIT.yes;
}
