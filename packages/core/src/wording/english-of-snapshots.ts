/** What is said in English of a snapshot, and of rules that ask for what no snapshot holds. */
export const ENGLISH_OF_SNAPSHOTS = {
	"routes-derived": "{routes} of {place} were derived from its addresses: its ip-route holds none",
	"routes-of-ipv6": "the IPv6 routes",
	"routes-of-local-table": "the IPv{family} routes of the local table",
	both: "{one} and {other}",
	"link-kind-guessed": "{device} was taken for a {kind} device by {from}: ip -d address would tell",
	"by-its-name": "its name",
	"by-its-far-end": "its other end being in another namespace",
	"default-rules": "the {families} policy rules were taken to be the kernel's own: ip-rule holds none",

	"table-not-held": "lookup {table}: the dump of routes does not hold that table",
	"one-then-other": "{one}; {other}",
	"is-utf-16": '"{file}" is UTF-16',
	"is-binary": '"{file}" is a binary file',
	"is-not-utf-8": '"{file}" is not UTF-8',
	"save-as-utf-8": "save it as UTF-8",
	"give-text": "give YAML, JSON or a tool's text output",
	"take-again-in-c": "take it again with LC_ALL=C",

	"snapshot-incomplete": "the snapshot was not taken to its end{what}",
	"not-taken": ": {names}",
	"not-taken-and-more": ": {names} and {n} more",
	"clock-ahead":
		"the clock of {machine} is {seconds} s ahead of that of the machine that collected: what it shows may never have been so at once",
	"clock-behind":
		"the clock of {machine} is {seconds} s behind that of the machine that collected: what it shows may never have been so at once",
	"taken-over": "the files of {machine} were taken over {seconds} s: what it shows may never have been so at once",
	"taken-apart":
		"iptables-save and ip6tables-save of {place} were taken {seconds} s apart: what it shows may never have been so at once",
	"cloud-answers-not-read":
		"answers of this cloud's API are not read ({files}): what they say of the fabric has to be given as objects",
	"one-and-more": "{one} and {n} more",
	"named-by-address": "the snapshot's {folder} is taken for {place}, whose address {address} it has",
	"address-of-another": "{place} has {address} too, which is the address of {owner}",
} as const;
