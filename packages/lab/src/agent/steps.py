"""Programs run in namespaces, and sysctls written. No shell anywhere."""
import os
import signal
import socket
from typing import Any, Dict, List, Optional, Set, Tuple

from ip_batch import run_batch
from namespaces import Namespaces
from programs import Programs, program_of
from xt_tables import XtTables

#: More of a program's output than this is cut off.
_MOST_OUTPUT = 1 << 24


#: Whose family's tables each loads, and what the program is called that does it in the legacy way.
_RESTORERS = {
    **dict.fromkeys(("iptables-restore", "iptables-legacy-restore"), socket.AF_INET),
    **dict.fromkeys(("ip6tables-restore", "ip6tables-legacy-restore"), socket.AF_INET6),
}
_LEGACY = "/xtables-legacy-multi"


class StepFailed(Exception):
    """A step that did not succeed: which one of its request, and why."""

    def __init__(self, index: int, why: str, output: Optional[Dict[str, Any]] = None) -> None:
        super().__init__(why)
        self.index = index
        self.output = output


class Steps:
    """Runs steps, and keeps the daemons among them."""

    def __init__(self, namespaces: Namespaces, programs: Programs) -> None:
        self._namespaces = namespaces
        self._programs = programs
        self._daemons: Dict[int, Tuple[str, str, int]] = {}
        self._tables = XtTables()

    def run(self, steps: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
        """Runs steps in order and ends at the first that fails."""
        outputs: List[Dict[str, Any]] = []
        for index, step in enumerate(steps):
            try:
                outputs.append(self._step(step))
            except (OSError, ValueError) as error:
                raise StepFailed(index, said(error)) from error
            if outputs[-1]["status"] != 0 and not step.get("mayFail"):
                raise StepFailed(index, f"ended with status {outputs[-1]['status']}", outputs[-1])
        return outputs

    def _step(self, step: Dict[str, Any]) -> Dict[str, Any]:
        self._namespaces.enter(step.get("namespace", ""))
        if step["kind"] == "run":
            return self._run(step["argv"], step.get("stdin", ""))
        if step["kind"] == "daemon":
            self._start(step.get("namespace", ""), step["argv"])
        elif step["kind"] == "end":
            self.end_daemons({step["namespace"]})
        elif step["kind"] == "sysctl":
            for path, value in step["settings"]:
                _write_sysctl(path, value)
        else:
            raise ValueError(f"unknown kind of step {step['kind']}")
        return {"stdout": "", "stderr": "", "status": 0}

    def _run(self, argv: List[str], stdin: str) -> Dict[str, Any]:
        if argv[0] == "ip" and argv[-2:] == ["-batch", "-"] and argv[1:-2] in ([], ["-6"]):
            family = socket.AF_INET6 if argv[1] == "-6" else socket.AF_INET
            return run_batch(stdin, family, lambda rest: _run(argv, rest))
        family_of = _RESTORERS.get(argv[0])
        if family_of is not None and len(argv) == 1 and os.path.realpath(program_of(argv[0])).endswith(_LEGACY):
            return self._tables.restore(family_of, stdin, lambda: _run(argv, stdin))
        return _run(argv, stdin)

    def _start(self, namespace: str, argv: List[str]) -> None:
        log = os.memfd_create("log")
        try:
            pid = _spawn(argv, os.memfd_create("stdin"), log, log)
        except (OSError, ValueError):
            os.close(log)
            raise
        self._daemons[pid] = (namespace, argv[0], log)

    def reap(self) -> None:
        """Collects processes that have ended. Raises when one of them is a daemon, which nobody asked to end."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self._programs.note_end(pid, status):
                continue
            daemon = self._daemons.pop(pid, None)
            if daemon is not None:
                namespace, program, log = daemon
                how = f"ended by itself with status {os.waitstatus_to_exitcode(status)}: {_read_all(log).strip()}"
                raise ValueError(f"{program} in namespace {namespace} {how}")

    def end_daemons(self, names: Set[str]) -> None:
        """Ends the daemons of these namespaces."""
        for pid, (namespace, _, log) in list(self._daemons.items()):
            if namespace in names:
                del self._daemons[pid]
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                os.close(log)


def said(error: Exception) -> str:
    """An error in words, without Python's `[Errno 2]`."""
    if not isinstance(error, OSError) or error.strerror is None:
        return str(error)
    return error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"


def _run(argv: List[str], stdin: str) -> Dict[str, Any]:
    source = os.memfd_create("stdin")
    with open(source, "wb", closefd=False) as writer:
        writer.write(stdin.encode())
    os.lseek(source, 0, os.SEEK_SET)
    stdout, stderr = os.memfd_create("stdout"), os.memfd_create("stderr")
    try:
        pid = _spawn(argv, source, stdout, stderr)
    except (OSError, ValueError):
        os.close(stdout)
        os.close(stderr)
        raise
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"stdout": _read_all(stdout), "stderr": _read_all(stderr), "status": status}


def _spawn(argv: List[str], stdin: int, stdout: int, stderr: int) -> int:
    """Starts a program in the namespace that this process is in; stdin is closed here whatever happens."""
    actions = [(os.POSIX_SPAWN_DUP2, stdin, 0), (os.POSIX_SPAWN_DUP2, stdout, 1), (os.POSIX_SPAWN_DUP2, stderr, 2)]
    try:
        # Python ignores SIGPIPE and SIGINT here, which programs would inherit.
        return os.posix_spawn(
            program_of(argv[0]), argv, os.environ, file_actions=actions, setsigdef=[signal.SIGPIPE, signal.SIGINT]
        )
    finally:
        os.close(stdin)


def _read_all(descriptor: int) -> str:
    try:
        return os.pread(descriptor, _MOST_OUTPUT, 0).decode("utf-8", "replace")
    finally:
        os.close(descriptor)


def _write_sysctl(path: str, value: str) -> None:
    # Other branches than net/ are those of the whole kernel, which may be somebody's machine.
    if not path.startswith("net/") or ".." in path.split("/"):
        raise ValueError(f"{path} is not a sysctl of a network namespace")
    try:
        with open(f"/proc/sys/{path}", "w", encoding="ascii") as writer:
            writer.write(value)
    except OSError as error:
        raise OSError(error.errno, f"sysctl {path} = {value}: {os.strerror(error.errno or 0)}") from error
