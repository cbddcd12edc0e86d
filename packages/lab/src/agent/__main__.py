"""The lab's agent: one process that owns captures, listeners, senders and daemons of all namespaces of a lab.

`python3 -IS agent namespaces`: in namespaces of the host's kernel; requests on stdin, answers on stdout.
`python3 -IS agent guest LINE MODULES IPTABLES`: as PID 1 of a guest; both on that line.

Only the standard library of Python 3.9, and one thread: setns(2) moves a thread, and signals and children are simple.
A request is `{"id", "op", ...}`; the answer `{"id", "value"}` or `{"id", "error", "step"?, "output"?, "absent"?, "listener"?}`.
"""
import os
import sys
import traceback
from typing import Any, Callable, Dict, List

import kernel
import surroundings
from capture import Capture
from channel import Channel
from listeners import ListenFailed, Listeners
from namespaces import Namespaces
from neighbours import Neighbours
from probes import Probes
from programs import NoProgram, Programs
from settle import settle
from steps import StepFailed, Steps, said


class Agent:
    """Carries requests out."""

    def __init__(self) -> None:
        self._namespaces = Namespaces()
        self._programs = Programs(self._namespaces)
        self._steps = Steps(self._namespaces, self._programs)
        self._capture = Capture(self._namespaces)
        self._listeners = Listeners(self._namespaces)
        self._neighbours = Neighbours(self._namespaces)
        self._probes = Probes(self._namespaces, self._capture, self._listeners, self._neighbours)
        self._settled = True
        self._operations: Dict[str, Callable[[Dict[str, Any]], Any]] = {
            "add": self._add,
            "remove": self._remove,
            "run": self._run,
            "capture": lambda request: self._capture.replace(request["names"]),
            "drain": lambda request: self._capture.take(),
            "listen": lambda request: self._listeners.replace(request["listeners"]),
            "probes": self._ask,
            "start": self._programs.start,
            "talk": self._programs.talk,
        }

    def answer(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """Never raises: whatever goes wrong is the answer."""
        try:
            self._steps.reap()
            return {"id": request["id"], "value": self._operations[request["op"]](request)}
        except StepFailed as failure:
            refusal = {"id": request["id"], "error": str(failure), "step": failure.index, "output": failure.output}
            cause = failure.__cause__
            return {**refusal, "absent": cause.absent} if isinstance(cause, NoProgram) else refusal
        except ListenFailed as failure:
            return {"id": request["id"], "error": said(failure), "listener": failure.wanted}
        except (OSError, ValueError) as error:
            return {"id": request["id"], "error": said(error)}
        except Exception:  # pylint: disable=broad-except
            return {"id": request["id"], "error": traceback.format_exc()}

    def _add(self, request: Dict[str, Any]) -> None:
        for name in request["names"]:
            self._namespaces.add(name)

    def _run(self, request: Dict[str, Any]) -> List[Dict[str, Any]]:
        self._settled = False
        return self._steps.run(request["steps"])

    def _ask(self, request: Dict[str, Any]) -> List[Dict[str, Any]]:
        if not self._settled:
            settle(self._namespaces)
            self._settled = True
        return [self._probes.ask(probe) for probe in request["probes"]]

    def _remove(self, request: Dict[str, Any]) -> None:
        names = set(request["names"])
        self._capture.close(names)
        self._listeners.close(names)
        self._neighbours.close(names)
        self._steps.end_daemons(names)
        self._programs.end(names)
        self._namespaces.remove(request["names"])


def _open_channel(kind: str, details: List[str]) -> Channel:
    if kind == "guest":
        # User-Mode Linux adds words of its own to the end of the command line (`console=tty0`).
        line = surroundings.prepare_guest(*details[:3])
        return Channel(line, os.dup(line))
    surroundings.prepare_namespaces()
    channel = Channel(os.dup(0), os.dup(1))
    # What a program or a traceback prints must not get among the answers.
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(2, 1)
    return channel


def main(kind: str, details: List[str]) -> None:
    """Answers requests until the other end is gone."""
    channel = _open_channel(kind, details)
    agent = Agent()
    channel.send({"kernel": os.uname().release})
    request = channel.receive()
    while request is not None:
        channel.send(agent.answer(request))
        request = channel.receive()


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2:])
    except Exception:  # pylint: disable=broad-except
        traceback.print_exc()
    # PID 1 may not end: the kernel would panic.
    if sys.argv[1] == "guest":
        kernel.power_off()
