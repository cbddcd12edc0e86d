"""The parts of Linux's interface that Python 3.9's standard library lacks.

Numbers are those of include/uapi/linux (in.h, in6.h, if_packet.h, icmpv6.h, asm-generic/socket.h).
"""
import ctypes
import os

CLONE_NEWNET = 0x40000000
MS_BIND = 0x1000
MNT_DETACH = 2
PR_SET_NO_NEW_PRIVS = 38
RB_POWER_OFF = 0x4321FEDC

ETH_P_ALL = 3
ARPHRD_ETHER = 1
ARPHRD_LOOPBACK = 772
PACKET_OUTGOING = 4
SOL_PACKET = 263
PACKET_STATISTICS = 6
PACKET_AUXDATA = 8
TP_STATUS_VLAN_VALID = 0x10
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35

IP_PKTINFO = 8
IP_MTU_DISCOVER = 10
IP_RECVERR = 11
IPV6_MTU_DISCOVER = 23
IPV6_RECVERR = 25
IPV6_DONTFRAG = 62
PMTUDISC_DONT = 0
PMTUDISC_DO = 2
IPPROTO_SCTP = 132
ICMP6_FILTER = 1

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def setns(descriptor: int, what: str) -> None:
    """Puts this process into a network namespace (os.setns is Python 3.12's)."""
    _checked(_libc.setns(descriptor, CLONE_NEWNET), f"setns {what}")


def unshare_network() -> None:
    """Puts this process into a new network namespace."""
    _checked(_libc.unshare(CLONE_NEWNET), "unshare")


def mount(source: str, target: str, kind: str, flags: int = 0, data: str = "") -> None:
    """mount(2)."""
    _checked(
        _libc.mount(source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), data.encode()),
        f"mount {target}",
    )


def detach(target: str) -> None:
    """umount2(2), lazily: what still uses the mount may go on."""
    _checked(_libc.umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def forbid_new_privileges() -> None:
    """From now on no set-user-ID program changes who we are."""
    _checked(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")


def getsockopt(descriptor: int, level: int, option: int, value: "ctypes.Array[ctypes.c_char]", what: str) -> None:
    """getsockopt(2) for an option that is also told something: the value is read and written."""
    length = ctypes.c_uint(len(value))
    _checked(_libc.getsockopt(descriptor, level, option, value, ctypes.byref(length)), f"getsockopt {what}")


def power_off() -> None:
    """Ends the kernel. Only ever called as PID 1 of a guest."""
    _checked(_libc.reboot(RB_POWER_OFF), "reboot")
