"""The lab's network namespaces, entered by one single-threaded process with setns(2).

A socket stays in the namespace in which it was opened, so that this process can own those of all namespaces.
Names are bound below /run/netns, where `ip -n NAME` looks for them.
"""
import os
import re
from typing import Dict, List, Optional

import kernel

FOLDER = "/run/netns"
#: What would make an answer hang on the time of day. Steps may write other values later.
_SETTINGS = (
    # Refusals by ICMP are not held back (ip-sysctl.rst): no type is limited for all, nor for one destination.
    ("net/ipv4/icmp_ratemask", "0"),
    ("net/ipv6/icmp/ratelimit", "0"),
    ("net/ipv6/icmp/ratemask", "\n"),
    # An address can be used at once, the link-local one too, without which a router asks for no neighbour.
    ("net/ipv6/conf/all/accept_dad", "0"),
    ("net/ipv6/conf/default/accept_dad", "0"),
    # Nobody looks for routers at random moments.
    ("net/ipv6/conf/default/router_solicitations", "0"),
    # Nor tells of its multicast groups at a random moment of the first seconds: what carries that asks for neighbours.
    ("net/ipv6/conf/default/mldv2_unsolicited_report_interval", "10"),
)
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


class Namespaces:
    """Network namespaces by name; the empty name is the one in which the agent started."""

    def __init__(self) -> None:
        os.makedirs(FOLDER, exist_ok=True)
        self._descriptors: Dict[str, int] = {"": os.open("/proc/thread-self/ns/net", os.O_RDONLY)}
        self._current: Optional[str] = ""

    def enter(self, name: str) -> None:
        """From now on sockets are opened, and programs started, in this namespace."""
        if name == self._current:
            return
        descriptor = self._descriptors.get(name)
        if descriptor is None:
            raise ValueError(f"the lab has no namespace {name}")
        kernel.setns(descriptor, name)
        self._current = name

    def names(self) -> List[str]:
        """All namespaces but the first."""
        return [name for name in self._descriptors if name != ""]

    def add(self, name: str) -> None:
        """Makes a namespace with its loopback down, as `ip netns add` does, and without limits of rate."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be a namespace's name")
        if name in self._descriptors:
            raise ValueError(f"the lab has a namespace {name} already")
        path = f"{FOLDER}/{name}"
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDONLY, 0o444))
        self._current = None
        kernel.unshare_network()
        kernel.mount("/proc/thread-self/ns/net", path, "none", kernel.MS_BIND)
        self._descriptors[name] = os.open(path, os.O_RDONLY)
        self._current = name
        for path, value in _SETTINGS:
            _set(path, value)

    def remove(self, names: List[str]) -> None:
        """Lets namespaces go; the kernel ends their devices soon after."""
        self.enter("")
        for name in names:
            if name == "" or name not in self._descriptors:
                raise ValueError(f"the lab has no namespace {name}")
            os.close(self._descriptors.pop(name))
            kernel.detach(f"{FOLDER}/{name}")
            os.unlink(f"{FOLDER}/{name}")


def _set(path: str, value: str) -> None:
    try:
        with open(f"/proc/sys/{path}", "w", encoding="ascii") as writer:
            writer.write(value)
    except FileNotFoundError:
        pass  # A kernel without IPv6, or older than the setting.
