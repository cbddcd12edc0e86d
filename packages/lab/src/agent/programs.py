"""Programs that somebody talks to while they run: their output as it comes, their input, signals, and a terminal where one is wanted."""
import base64
import errno
import fcntl
import os
import signal
import struct
import termios
from typing import Any, Dict, List, Optional, Set

from namespaces import Namespaces

#: Of each of a program's outputs at once: more waits in its pipe, and the program with it.
_MOST_OUTPUT = 1 << 18
_PIECE = 1 << 16


class NoProgram(ValueError):
    """A program that is in none of the folders of PATH."""

    def __init__(self, name: str) -> None:
        self.absent = {"program": name, "folders": os.environ["PATH"]}
        super().__init__(f"no program {name} in {os.environ['PATH']}")


def program_of(name: str) -> str:
    """The path of a program that is named as in a command line."""
    if "/" in name:
        return name
    for folder in os.environ["PATH"].split(":"):
        if os.access(f"{folder}/{name}", os.X_OK):
            return f"{folder}/{name}"
    raise NoProgram(name)


class _Program:
    """A program that was started, with our ends of its pipes or of its terminal."""

    def __init__(self, namespace: str, pid: int, stdin: int, outputs: List[int]) -> None:
        self.namespace = namespace
        self.pid = pid
        self.status: Optional[int] = None
        self._stdin: Optional[int] = stdin
        self._outputs: List[Optional[int]] = list(outputs)
        self._unwritten = b""
        self._ending = False
        for descriptor in {stdin, *outputs}:
            os.set_blocking(descriptor, False)

    def write(self, data: bytes, end: bool) -> int:
        """Gives it input. How much of that still waits to be read by it."""
        self._unwritten += data
        self._ending = self._ending or end
        while self._stdin is not None and self._unwritten:
            try:
                self._unwritten = self._unwritten[os.write(self._stdin, self._unwritten[:_PIECE]):]
            except BlockingIOError:
                break
            except OSError:
                self._unwritten = b""  # It reads no more.
        if self._ending and not self._unwritten and self._stdin is not None and self._stdin not in self._outputs:
            os.close(self._stdin)
            self._stdin = None
        return len(self._unwritten)

    def read(self) -> List[bytes]:
        """What it has written since: standard output, then standard error."""
        return [self._read(at) for at in range(len(self._outputs))]

    def _read(self, at: int) -> bytes:
        pieces: List[bytes] = []
        descriptor = self._outputs[at]
        while descriptor is not None and sum(map(len, pieces)) < _MOST_OUTPUT:
            try:
                piece = os.read(descriptor, _PIECE)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno != errno.EIO:  # Nobody has the terminal any more.
                    raise
                piece = b""
            if not piece:
                self._outputs[at] = None
                if descriptor != self._stdin:
                    os.close(descriptor)
                break
            pieces.append(piece)
        return b"".join(pieces)

    def signal(self, number: int) -> None:
        """To it and to all that it started in its session's first group."""
        if self.status is None:
            os.killpg(self.pid, number)

    def close(self) -> None:
        """Lets go of its ends."""
        for descriptor in {each for each in (self._stdin, *self._outputs) if each is not None}:
            os.close(descriptor)


class Programs:
    """All of them, by number."""

    def __init__(self, namespaces: Namespaces) -> None:
        self._namespaces = namespaces
        self._programs: Dict[int, _Program] = {}
        self._last = 0

    def start(self, request: Dict[str, Any]) -> int:
        """Starts a program in a namespace, and gives the number by which it is known."""
        self._namespaces.enter(request["namespace"])
        terminal = request.get("terminal")
        files = _Terminal(terminal) if terminal is not None else _Pipes()
        environment = dict(os.environ, **({"TERM": terminal["kind"]} if terminal is not None else {}))
        try:
            pid = os.posix_spawn(
                program_of(request["argv"][0]),
                request["argv"],
                environment,
                file_actions=files.actions,
                setsid=True,
                setsigdef=[signal.SIGPIPE, signal.SIGINT],
            )
        except (OSError, ValueError):
            files.close_ours()
            raise
        finally:
            files.close_theirs()
        self._last += 1
        self._programs[self._last] = _Program(request["namespace"], pid, files.stdin, files.outputs)
        return self._last

    def talk(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Input and signals to it; what it wrote; and its status once it has ended and all is read: then it is forgotten."""
        program = self._programs.get(request["program"])
        if program is None:
            raise ValueError(f"no program {request['program']} runs in the lab")
        if "signal" in request:
            program.signal(request["signal"])
        waiting = program.write(base64.b64decode(request.get("input", "")), request.get("end", False))
        # Its end was noticed before this (`note_end`), so that nothing of what it wrote last is lost.
        output = program.read()
        ended = program.status is not None and not any(output)
        if ended:
            program.close()
            del self._programs[request["program"]]
        return {
            "output": [base64.b64encode(each).decode("ascii") for each in output],
            "waiting": waiting,
            "status": program.status if ended else None,
        }

    def note_end(self, pid: int, status: int) -> bool:
        """Takes note of a process that has ended; whether it is one of these."""
        for program in self._programs.values():
            if program.pid == pid:
                program.status = os.waitstatus_to_exitcode(status)
                return True
        return False

    def end(self, names: Set[str]) -> None:
        """Ends the programs of these namespaces."""
        for number, program in list(self._programs.items()):
            if program.namespace in names:
                program.signal(signal.SIGKILL)
                if program.status is None:
                    os.waitpid(program.pid, 0)
                program.close()
                del self._programs[number]


class _Pipes:
    """Three pipes."""

    def __init__(self) -> None:
        theirs, self.stdin = os.pipe()
        pairs = [os.pipe(), os.pipe()]
        self.outputs = [ours for ours, _ in pairs]
        self._theirs = [theirs, *(each for _, each in pairs)]
        self.actions = [(os.POSIX_SPAWN_DUP2, each, number) for number, each in enumerate(self._theirs)]

    def close_theirs(self) -> None:
        """Once the program has them."""
        for each in self._theirs:
            os.close(each)

    def close_ours(self) -> None:
        """Where there is no program."""
        for each in (self.stdin, *self.outputs):
            os.close(each)


class _Terminal:
    """A terminal of the program's own: opened by the leader of a new session it becomes that session's (tty_ioctl(4))."""

    def __init__(self, terminal: Dict[str, Any]) -> None:
        self.stdin, self._slave = os.openpty()
        self.outputs = [self.stdin]
        size = struct.pack("HHHH", terminal["rows"], terminal["columns"], 0, 0)
        fcntl.ioctl(self.stdin, termios.TIOCSWINSZ, size)
        self.actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.ttyname(self._slave), os.O_RDWR, 0),
            (os.POSIX_SPAWN_DUP2, 0, 1),
            (os.POSIX_SPAWN_DUP2, 0, 2),
        ]

    def close_theirs(self) -> None:
        """Once the program has it."""
        os.close(self._slave)

    def close_ours(self) -> None:
        """Where there is no program."""
        os.close(self.stdin)
