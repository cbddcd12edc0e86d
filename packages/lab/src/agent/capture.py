"""Frames on all devices of namespaces: one AF_PACKET socket a namespace, bound to no device."""
import _thread
import base64
import errno
import select
import socket
import struct
from typing import Any, Dict, List, Optional, Set, Tuple

import kernel
from namespaces import Namespaces

#: Bytes of a frame that are kept.
_SNAPSHOT = 2048
_BUFFER = 4 << 20
#: struct tpacket_auxdata: status, len, snaplen, mac, net, vlan_tci, vlan_tpid.
_AUXDATA = struct.Struct("=IIIHHHH")
_TIMESPEC = struct.Struct("=qq")


class Capture:
    """Captures on namespaces in a given order."""

    def __init__(self, namespaces: Namespaces) -> None:
        # The kernel begins and ends to stamp packets some time after it is asked to (net_enable_timestamp), and one without
        # a stamp gets the time at which it is read. So somebody always asks.
        self._stamping = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._stamping.setsockopt(socket.SOL_SOCKET, kernel.SO_TIMESTAMPNS, 1)
        self._namespaces = namespaces
        self._taps: Dict[str, socket.socket] = {}
        self._waiting = select.epoll()

    def replace(self, names: List[str]) -> None:
        """Captures on these namespaces from now on, instead of those before."""
        self.close(set(self._taps) - set(names))
        kept, self._taps = self._taps, {}
        for name in names:
            tap = kept.get(name)
            if tap is None:
                self._namespaces.enter(name)
                tap = _open()
                self._waiting.register(tap, select.EPOLLIN)
            self._taps[name] = tap
        self.discard()

    def close(self, names: Set[str]) -> None:
        """No longer captures on these namespaces."""
        closed = [self._taps.pop(name) for name in names if name in self._taps]
        for tap in closed:
            self._waiting.unregister(tap)
        if not closed:
            return
        # The kernel waits for all CPUs at each (packet_release, synchronize_net): some 15 ms that nobody needs to see.
        _thread.start_new_thread(_close_all, (closed,))

    def discard(self) -> None:
        """Forgets what was captured so far."""
        for _, _, tap in self._ready():
            while _receive(tap) is not None:
                pass
            _lost(tap)

    def take(self) -> List[Dict[str, Any]]:
        """What was captured, in the order in which it happened.

        A device whose parent is in another namespace (a macvlan, a VLAN moved to a pod) keeps the parent's time of
        arrival, and a bridge that of its port. So equal times are put in order by the namespaces' order, which has
        machines before pods, and within a namespace by the socket's queue; what leaves comes before what arrives, as a
        coarse clock may give both ends of a cable the same time.
        """
        taken: List[Tuple[int, bool, int, int, Dict[str, Any]]] = []
        for place, name, tap in self._ready():
            received = _receive(tap)
            while received is not None:
                time, frame = received
                frame["namespace"] = name
                taken.append((time, frame["direction"] == "in", place, len(taken), frame))
                received = _receive(tap)
            if _lost(tap):
                raise ValueError(f"more frames came in namespace {name} than its capture could hold")
        taken.sort(key=lambda entry: entry[:4])
        for time, _, _, _, frame in taken:
            frame["time"] = time - taken[0][0]
        return [frame for *_, frame in taken]

    def _ready(self) -> List[Tuple[int, str, socket.socket]]:
        """Taps that have something, with their place in the order: most have nothing, and asking each costs a call."""
        ready = {descriptor for descriptor, _ in self._waiting.poll(0, max(1, len(self._taps)))}
        return [
            (place, name, tap) for place, (name, tap) in enumerate(self._taps.items()) if tap.fileno() in ready
        ]


def _close_all(taps: List[socket.socket]) -> None:
    for tap in taps:
        tap.close()


def _open() -> socket.socket:
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kernel.ETH_P_ALL))
    # The kernel takes a VLAN tag out of the frame; this hands it over beside it.
    tap.setsockopt(kernel.SOL_PACKET, kernel.PACKET_AUXDATA, 1)
    tap.setsockopt(socket.SOL_SOCKET, kernel.SO_TIMESTAMPNS, 1)
    try:
        tap.setsockopt(socket.SOL_SOCKET, kernel.SO_RCVBUFFORCE, _BUFFER)
    except PermissionError:
        tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    tap.setblocking(False)
    return tap


def _receive(tap: socket.socket) -> Optional[Tuple[int, Dict[str, Any]]]:
    while True:
        try:
            data, ancillary, _, address = tap.recvmsg(_SNAPSHOT, 256)
            break
        except BlockingIOError:
            return None
        except OSError as error:
            # A device went down: said once, and what was captured is still there.
            if error.errno != errno.ENETDOWN:
                raise
    time, vlan, length = 0, None, len(data)
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == kernel.SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack_from(value)
            time = seconds * 1_000_000_000 + nanoseconds
        elif level == kernel.SOL_PACKET and kind == kernel.PACKET_AUXDATA:
            status, length, _, _, _, tci, _ = _AUXDATA.unpack_from(value)
            if status & kernel.TP_STATUS_VLAN_VALID:
                vlan = tci & 0xFFF
    return time, {
        "device": address[0],
        "direction": "out" if address[2] == kernel.PACKET_OUTGOING else "in",
        "ethernet": address[3] in (kernel.ARPHRD_ETHER, kernel.ARPHRD_LOOPBACK),
        "vlan": vlan,
        "bytes": base64.b64encode(data).decode("ascii"),
        "length": length,
    }


def _lost(tap: socket.socket) -> int:
    """Frames that the socket had no room for since it was last asked (struct tpacket_stats: packets, drops)."""
    return int(struct.unpack("=II", tap.getsockopt(kernel.SOL_PACKET, kernel.PACKET_STATISTICS, 8))[1])
