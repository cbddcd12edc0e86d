/** `podpath collect --ssh` against OpenSSH's own sshd, in a user namespace with nothing but its loopback. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BUILT } from "./run-cli.ts";

const SSHD = process.env["SSHD"] ?? "/usr/sbin/sshd";
const UNSHARE = ["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--mount-proc"];
const missing = !existsSync(SSHD)
	? `: there is no ${SSHD} (Debian's openssh-server)`
	: spawnSync("unshare", [...UNSHARE, "true"]).status !== 0
		? ": this machine allows no unprivileged namespaces"
		: "";

const home = mkdtempSync(join(tmpdir(), "podpath-ssh-"));

/** Aliases, ports, users, keys and jumps are all in ssh's configuration. */
const CONFIG = `Host stranger
  IdentityFile ${home}/unknown
Host slow
  IdentityFile ${home}/slow
Host closed
  Port 9
Host silent
  Port 2223
Host jumped
  ProxyJump a
Host a b jumped closed silent
  IdentityFile ${home}/known
Host *
  HostName 127.0.0.1
  Port 2222
  User tester
  IdentitiesOnly yes
  UserKnownHostsFile ${home}/known_hosts
  StrictHostKeyChecking accept-new
  LocalForward 4444 127.0.0.1:2222
`;

function prepare(): void {
	mkdirSync(join(home, ".ssh"), { mode: 0o700 });
	mkdirSync(join(home, "bin"));
	for (const key of ["known", "slow", "unknown", "host"]) {
		spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(home, key)]);
	}
	const publicKey = (key: string): string => readFileSync(join(home, `${key}.pub`), "utf8");
	writeFileSync(join(home, "authorized"), `${publicKey("known")}command="exec sleep 60" ${publicKey("slow")}`);
	writeFileSync(join(home, ".ssh", "config"), CONFIG, { mode: 0o600 });
	writeFileSync(join(home, "passwd"), `root:x:0:0::/:/bin/sh\ntester:x:1000:1000::${home}:/bin/sh\n`);
	// What sudo -n says where a password is wanted (sudo 1.9).
	writeFileSync(join(home, "bin", "sudo"), "#!/bin/sh\necho 'sudo: a password is required' >&2\nexit 1\n");
	chmodSync(join(home, "bin", "sudo"), 0o755);
	writeFileSync(
		join(home, "sshd_config"),
		`ListenAddress 127.0.0.1:2222
HostKey ${home}/host
AuthorizedKeysFile ${home}/authorized
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
PidFile ${home}/pid
SetEnv PATH=${home}/bin:/usr/sbin:/usr/bin:/sbin:/bin
`,
	);
}

/** sshd and podpath as a user that is not root: sshd then needs no account of its own. */
function withSshd(args: string): { readonly status: number | null; readonly stderr: string } {
	const inner = `
"${SSHD}" -f ${home}/sshd_config -D -E ${home}/log &
sshd=$!
"${process.execPath}" -e 'require("node:net").createServer(() => {}).listen(2223, "127.0.0.1")' & silent=$!
for i in 1 2 3 4 5 6 7 8 9; do [ -e ${home}/pid ] && break; sleep 0.2; done
set +e; "${process.execPath}" "${BUILT}" collect ${args}; status=$?
kill $sshd $silent; exit $status`;
	const outer = `ip link set lo up; mount --bind ${home}/passwd /etc/passwd
exec unshare --user --map-user=1000 --map-group=1000 sh -ec "$1"`;
	return spawnSync("unshare", [...UNSHARE, "sh", "-ec", outer, "sh", inner], { encoding: "utf8", timeout: 60_000 });
}

describe.skipIf(missing !== "")(`collect --ssh${missing}`, () => {
	test("reads hosts by the names of ssh's configuration, at once, and names each that it could not read", () => {
		prepare();
		const out = join(home, "out");
		const hosts = ["a=node-a", "b=node-b", "jumped=node-j", "stranger", "slow", "closed", "silent"];
		const { status, stderr } = withSshd(`${hosts.map((host) => `--ssh ${host}`).join(" ")} --timeout 12 -o ${out}`);
		expect(status).toBe(1);
		expect(readdirSync(join(out, "nodes")).sort()).toEqual(["node-a", "node-b", "node-j"]);
		expect(readFileSync(join(out, "nodes/node-a/host/ip-route.txt"), "utf8")).toContain("127.0.0.1 dev lo");
		expect(stderr).toMatch(/stranger: permission \(.*Permission denied \(publickey\)/);
		expect(stderr).toContain("slow: timeout (it did not answer in time)");
		expect(stderr).toMatch(/closed: unreachable \(.*Connection refused/);
		expect(stderr).toMatch(/silent: (unreachable \(.*timed out|timeout)/);
		expect(readFileSync(join(out, "snapshot.yaml"), "utf8")).toMatch(/complete: false[\s\S]*"host":"slow"/);
	}, 90_000);

	test("a sudo that asks for a password is a reason, and nothing is written", () => {
		const out = join(home, "none");
		const { status, stderr } = withSshd(`--ssh a --sudo --ssh-config ${home}/.ssh/config -o ${out}`);
		expect([status, existsSync(out)]).toEqual([4, false]);
		expect(stderr).toContain("a: permission (sudo: a password is required)");
	}, 60_000);
});
