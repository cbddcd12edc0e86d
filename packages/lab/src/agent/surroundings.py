"""Makes the agent's process the only thing in a fresh world: mounts, loopback, programs' path."""
import fcntl
import os
import resource
import signal
import socket
import struct
import termios
import time
import tty

import kernel

_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1
#: Devices that the kernel itself puts into a new namespace (fallback devices of tunnel modules).
_OF_THE_KERNEL = {
    "lo", "tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0", "ip6tnl0", "ip6gre0",
}  # fmt: skip
#: In the guest: our own folder of programs, before all others in the path.
_PROGRAMS = "/run/podpath/bin"
_MODULES = "/run/podpath/modules"


def prepare_namespaces() -> None:
    """In new user (or not), mount and network namespaces of the host's kernel, made by unshare(1)."""
    foreign = {name for _, name in socket.if_nameindex()} - _OF_THE_KERNEL
    if foreign:
        raise ValueError(f"this network namespace is somebody's: it has {', '.join(sorted(foreign))}")
    kernel.mount("tmpfs", "/run", "tmpfs", 0, "mode=755")
    try:
        # Programs see the lab's processes only.
        kernel.mount("proc", "/proc", "proc")
    except PermissionError:
        pass  # In a container that hides parts of /proc; what we read of it is the same in the host's.
    _prepare_process(_FOLDERS)


def prepare_guest(line: str, modules: str, iptables: str) -> int:
    """As PID 1 of a guest whose root is the host's, read-only. Returns the line to the host.

    `modules`: the folder with the kernel's modules, one folder a release. `iptables`: `legacy` or `default`.
    """
    # In a user namespace the host's root is nobody, and a set-user-ID program would make us that.
    kernel.forbid_new_privileges()
    kernel.mount("proc", "/proc", "proc")
    kernel.mount("sysfs", "/sys", "sysfs")
    kernel.mount("tmpfs", "/run", "tmpfs", 0, "mode=755")
    _complete_devices()
    os.makedirs("/run/lock")
    os.makedirs(_PROGRAMS)
    os.makedirs(f"{_MODULES}/lib")
    # The guest's modules are not in the host's /lib/modules: a modprobe of our own knows where.
    os.symlink(modules, f"{_MODULES}/lib/modules")
    modprobe = f"{_PROGRAMS}/modprobe"
    with open(modprobe, "w", encoding="ascii") as writer:
        writer.write(f'#!/bin/sh\nexec /sbin/modprobe -d {_MODULES} "$@"\n')
    os.chmod(modprobe, 0o755)
    with open("/proc/sys/kernel/modprobe", "w", encoding="ascii") as writer:
        writer.write(modprobe)
    if iptables == "legacy":
        for tool in ("iptables", "ip6tables"):
            for suffix in ("", "-save", "-restore"):
                os.symlink("/usr/sbin/xtables-legacy-multi", f"{_PROGRAMS}/{tool}{suffix}")
    _prepare_process(f"{_PROGRAMS}:{_FOLDERS}")
    # IPv6 is a module there: a first socket loads it, and with it the sysctls and addresses of all devices.
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close()
    # Not a namespace's but the kernel's: else a router says "unreachable" five times, then once a second (ip_error).
    with open("/proc/sys/net/ipv4/route/error_cost", "w", encoding="ascii") as writer:
        writer.write("0")
    return _open_line(line)


def _prepare_process(path: str) -> None:
    os.makedirs("/run/netns", exist_ok=True)
    os.environ.clear()
    os.environ.update(PATH=path, LC_ALL="C", HOME="/run")
    os.chdir("/")
    os.umask(0o022)
    # Ctrl-C is for whoever started the lab, who then ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", _IFF_UP))


def _complete_devices() -> None:
    """What udev adds to the /dev that the kernel mounts by itself (CONFIG_DEVTMPFS_MOUNT)."""
    os.symlink("/proc/self/fd", "/dev/fd")
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{descriptor}", f"/dev/{name}")
    for folder, kind in (("/dev/shm", "tmpfs"), ("/dev/pts", "devpts")):
        os.mkdir(folder)
        kernel.mount(kind, folder, kind)


def _open_line(device: str) -> int:
    # A virtual machine's port comes when its driver and the host have spoken.
    while not os.path.exists(device):
        time.sleep(0.01)
    line = os.open(device, os.O_RDWR | os.O_NOCTTY)
    if os.isatty(line):
        tty.setraw(line, termios.TCSANOW)
    return line
