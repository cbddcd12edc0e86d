"""Waits until the kernel has taken notice of all links.

It does so asynchronously, and once a second only for links whose two ends have the same number, as in namespaces they
often have, and for bridges (net/core/link_watch.c, linkwatch_urgent_event). Until then a device may send nothing, a
bridge's port is disabled, and a device has no link-local address, without which a router asks for no IPv6 neighbour.
"""
import array
import fcntl
import socket
import struct
import time
from typing import Set, Tuple

from namespaces import Namespaces

_SIOCGIFFLAGS = 0x8913
_SIOCETHTOOL = 0x8946
_ETHTOOL_GDRVINFO = 0x03
_ETHTOOL_GLINK = 0x0A
_IFF_UP, _IFF_RUNNING = 0x1, 0x40
_IFA_F_TENTATIVE = 0x40
_SCOPE_LINK = 0x20
#: More than the second in which the kernel takes notice of everything.
_LONGEST_S = 1.2
_LONGEST_PAUSE_S = 0.016


def settle(namespaces: Namespaces) -> None:
    """Returns when all links that are up are also running, and their IPv6 addresses in use."""
    deadline = time.monotonic() + _LONGEST_S
    pause = 0.0005
    # What a link brings up in its turn (a bridge, a VLAN on it) shows in the next round: a quiet round is the last.
    while any([_waits(namespaces, name) for name in namespaces.names()]) and time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_S)


def _waits(namespaces: Namespaces, name: str) -> bool:
    namespaces.enter(name)
    addressed, unconfirmed = _ipv6_devices()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for _, device in socket.if_nameindex():
            if not _has_link(control, device):
                continue
            flags = _flags(control, device)
            if not flags & _IFF_UP:
                continue
            if device in unconfirmed:
                return True
            # A bridge forwards, and has its IPv4 addresses, without being seen to run.
            if not flags & _IFF_RUNNING and (device in addressed or _driver(control, device) != b"bridge"):
                return True
    return False


def _ipv6_devices() -> Tuple[Set[str], Set[str]]:
    """Devices with a global address, and those with one that is not in use yet."""
    try:
        with open("/proc/thread-self/net/if_inet6", encoding="ascii") as reader:
            # address, index, prefix length, scope, flags, device; numbers are hexadecimal.
            rows = [line.split() for line in reader]
    except FileNotFoundError:
        return set(), set()
    return (
        {row[5] for row in rows if int(row[3], 16) != _SCOPE_LINK},
        {row[5] for row in rows if int(row[4], 16) & _IFA_F_TENTATIVE},
    )


def _flags(control: socket.socket, device: str) -> int:
    try:
        answer = fcntl.ioctl(control, _SIOCGIFFLAGS, struct.pack("16s24x", device.encode()))
    except OSError:
        return 0  # It is gone.
    return int(struct.unpack_from("H", answer, 16)[0])


def _has_link(control: socket.socket, device: str) -> bool:
    """Carrier. Newer kernels take notice of the link when they are asked for it (linkwatch_sync_dev)."""
    value = array.array("I", [_ETHTOOL_GLINK, 0])
    # A device without the question (a tunnel) always has.
    return not _ethtool(control, device, value) or value[1] != 0


def _driver(control: socket.socket, device: str) -> bytes:
    value = array.array("I", [_ETHTOOL_GDRVINFO, *[0] * 48])
    _ethtool(control, device, value)
    return value.tobytes()[4:36].rstrip(b"\0")


def _ethtool(control: socket.socket, device: str, value: "array.array[int]") -> bool:
    try:
        fcntl.ioctl(control, _SIOCETHTOOL, struct.pack("16sP16x", device.encode(), value.buffer_info()[0]))
    except OSError:
        return False
    return True
