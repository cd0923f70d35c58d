"""Confine the child that parses untrusted bytes: it may do little, and for a short time only.

The system itself limits memory, CPU and wall time, which also stops a parser that is busy in C code. On
Linux, a system call filter then takes away the network, other processes and every way to write; elsewhere
there are only the limits.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
import sys
from contextlib import suppress

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

LIMITS = resource is not None and hasattr(signal, "setitimer")
"""Whether the system limits what a process may take; else only the caller's patience does."""

CPU_SECONDS = 10
"""CPU time for one document, in seconds."""

WALL_SECONDS = 20
"""Wall time for one document, in seconds."""

MEMORY_BYTES = 512 * 1024 * 1024
"""Address space of a worker in bytes, code included."""

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

# Classic BPF: the instructions that the filter needs (linux/bpf_common.h, linux/seccomp.h).
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_ALLOW, _DENY = 0x7FFF0000, 0x00050001  # the denied call returns EPERM
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# name: (AUDIT_ARCH, {number of an opening call: which argument holds its flags}, numbers of the denied calls)
_FILTERS: dict[str, tuple[int, dict[int, int], tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E,
        {2: 1, 257: 2},  # open, openat
        (
            *(41, 42, 43, 49, 50, 53, 288),  # socket, connect, accept, bind, listen, socketpair, accept4
            *(56, 57, 58, 59, 322, 435),  # clone, fork, vfork, execve, execveat, clone3
            *(62, 101, 200, 234, 310, 311, 424, 434),  # kill, ptrace, tkill, tgkill, process_vm_*, pidfd_*
            *(76, 77, 82, 83, 84, 85, 86, 87, 88, 90, 91),  # truncate ... rename, mkdir, unlink, symlink, chmod
            *(133, 161, 165, 166, 258, 259, 263, 264, 265, 266, 268, 316),  # mknod, chroot, mount, ...at
            *(160, 248, 250, 272, 302, 304, 308, 319, 321, 323, 425, 437),  # setrlimit, keys, namespaces, bpf, io_uring
        ),
    ),
    "aarch64": (
        0xC00000B7,
        {56: 2},  # openat
        (
            *(198, 199, 200, 201, 202, 203, 242),  # socket, socketpair, bind, listen, accept, connect, accept4
            *(220, 221, 281, 435),  # clone, execve, execveat, clone3
            *(117, 129, 130, 131, 270, 271, 424, 434),  # ptrace, kill, tkill, tgkill, process_vm_*, pidfd_*
            *(33, 34, 35, 36, 37, 38, 39, 40, 45, 46, 51, 52, 53, 54, 276),  # mknodat ... renameat, mount, chmod
            *(97, 164, 217, 219, 261, 265, 268, 279, 280, 282, 425, 437),  # unshare, setrlimit, keys, bpf, io_uring
        ),
    ),
}


def confine() -> None:  # pragma: no cover - runs in the child
    """Take away for good what a parser does not need; call it once, after the fork."""
    if not LIMITS:
        return
    limits = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_AS: MEMORY_BYTES}
    for limit, most in limits.items():
        with suppress(ValueError, OSError):  # macOS does not have every limit
            resource.setrlimit(limit, (most, most))
    for stop in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(stop, signal.SIG_DFL)  # its default is to end the process
    if sys.platform == "linux":
        _confine_linux()


def start_clock() -> None:
    """Start the time of a document; when it is over, the system ends this process."""
    if not LIMITS:
        return
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)


def stop_clock() -> None:
    """Stop the time: the document is done."""
    if not LIMITS:
        return
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.setitimer(signal.ITIMER_PROF, 0)


def die_with_parent() -> None:  # pragma: no cover - runs in the child
    """Ask Linux to kill this process when its parent ends, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def _confine_linux() -> None:  # pragma: no cover - runs in the child
    program = _assemble_filter(platform.machine())
    if not program:
        return
    code = ctypes.create_string_buffer(program)
    # struct sock_fprog: how many instructions, then where they are
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(code))
    call = ctypes.CDLL(None).prctl
    call(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # a kernel without seccomp returns an error: then there are only the limits
    call(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0)


def _assemble_filter(machine: str) -> bytes:
    """Return the filter in classic BPF, b"" for a machine whose system calls we do not list."""
    if machine not in _FILTERS:
        return b""
    arch, opening, denied = _FILTERS[machine]
    steps = [
        _encode_step(_LOAD, _ARCH_AT),
        _encode_step(_EQUAL, arch, 1, 0),
        _encode_step(_RETURN, _DENY),
        _encode_step(_LOAD, _NUMBER_AT),
        _encode_step(_AT_LEAST, 0x40000000, 0, 1),  # the x32 calls have other numbers
        _encode_step(_RETURN, _DENY),
    ]
    for number in denied:
        steps += [_encode_step(_EQUAL, number, 0, 1), _encode_step(_RETURN, _DENY)]
    for number, argument in opening.items():
        steps += [
            _encode_step(_EQUAL, number, 0, 5),
            _encode_step(_LOAD, _ARGUMENTS_AT + 8 * argument),
            _encode_step(_AND, _WRITING),
            _encode_step(_EQUAL, 0, 1, 0),
            _encode_step(_RETURN, _DENY),
            _encode_step(_RETURN, _ALLOW),
        ]
    return b"".join([*steps, _encode_step(_RETURN, _ALLOW)])


def _encode_step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
