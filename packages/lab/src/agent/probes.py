"""A probe: one question sent, everything that it caused observed."""
import errno
import select
import time
from typing import Any, Dict, List, Optional

from capture import Capture
from conntrack import echoes, table, without
from listeners import Listeners
from namespaces import Namespaces
from neighbours import Neighbours
from senders import Sender, open_sender


class Probes:
    """Sends questions, one after the other."""

    def __init__(self, namespaces: Namespaces, capture: Capture, listeners: Listeners, neighbours: Neighbours) -> None:
        self._namespaces = namespaces
        self._capture = capture
        self._listeners = listeners
        self._neighbours = neighbours

    def ask(self, probe: Dict[str, Any]) -> Dict[str, Any]:
        """Sends, waits as long as it must, and tells: result, accepted, frames, conntrack."""
        if probe.get("forgetNeighbours"):
            self._neighbours.forget()
        tracked = probe.get("conntrackOf", [])
        earlier = {name: echoes(table(self._namespaces, name)) for name in tracked if probe["protocol"] == "icmp"}
        self._namespaces.enter(probe["namespace"])
        self._listeners.forget()
        self._capture.discard()
        accepted: List[Dict[str, Any]] = []
        sender: Optional[Sender] = None
        try:
            sender = open_sender(probe)
            sender.start()
            by = self._wait(sender, time.monotonic() + probe["timeoutMs"] / 1000, accepted)
            result: Dict[str, Any] = {"kind": "timeout"} if by is None else {"kind": "answered", "by": by}
        except OSError as error:
            result = {"kind": "error", "code": errno.errorcode.get(error.errno or 0, str(error.errno))}
        if sender is not None and sender.connected and result["kind"] != "answered":
            result["connected"] = True
        accepted += self._listeners.serve(len(sender.payload) if sender is not None else 0)
        # Before the connection is reset: the reset would be in the frames and in the tables.
        observation = {
            "result": result,
            "accepted": accepted,
            "frames": self._capture.take(),
            "conntrack": {name: without(table(self._namespaces, name), earlier.get(name, set())) for name in tracked},
        }
        if sender is not None:
            sender.close()
        self._listeners.forget()
        return observation

    def _wait(self, sender: Sender, deadline: float, accepted: List[Dict[str, Any]]) -> Optional[str]:
        """Who answered; None when time is up."""
        while True:
            accepted += self._listeners.serve(len(sender.payload))
            by = sender.answer()
            left = deadline - time.monotonic()
            if by is not None or left <= 0:
                return by
            waiting = select.poll()
            waiting.register(sender.socket, sender.events)
            waiting.register(self._listeners, select.POLLIN)
            # One millisecond more than is left, because poll cuts fractions off and would spin.
            waiting.poll(left * 1000 + 1)
