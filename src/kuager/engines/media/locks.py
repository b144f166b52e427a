"""Lock this process in, before it reads a hostile byte. Used by the reading process only.

Each lock is tried by itself; where the system lacks one, the others still hold and the answer says so. What
they are for: ``docs/methods/evidence.md``, section "Reading hostile files". After `lock` nothing can be
opened, written, started, connected or traced, even by an attacker who runs code of his own in this process;
what he still can do is compute, read the one file under reading, and lie in the answer.

References
----------
Linux manual pages prctl(2), seccomp(2), landlock(7), user_namespaces(7), setrlimit(2).
"""

import contextlib
import ctypes
import os
import resource
import signal
import struct
from collections.abc import Callable
from functools import partial

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CLONE_NEWUTS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWNET = 0x04000000, 0x08000000, 0x10000000, 0x40000000
_NOBODY = 65534
_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: int | bytes | None) -> int:
    """Call the C library; whole numbers travel as longs. Raises OSError when the answer is negative."""
    ready = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    answer = int(getattr(_libc, name)(*ready))
    if answer < 0:
        raise OSError(ctypes.get_errno(), name)
    return answer


def _tried(lock: Callable[[], object]) -> bool:
    """Return whether a lock could be set. A system that lacks it raises one of these."""
    try:
        lock()
    except (OSError, AttributeError, ValueError, KeyError):
        return False
    return True


def lock_early() -> dict[str, bool]:
    """Set what must come before any library is loaded: namespaces need a process of one thread."""
    with contextlib.suppress(OSError):
        # When memory runs out, the system shall end this process first, not the server.
        descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(descriptor, b"1000")
        os.close(descriptor)
    return {
        "no_new_privileges": _tried(lambda: _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)),
        "own_network": _tried(_leave_network),
    }


def _leave_network() -> None:
    own = _CLONE_NEWNET | _CLONE_NEWIPC | _CLONE_NEWUTS
    _call("unshare", own if os.geteuid() == 0 else own | _CLONE_NEWUSER)


def lock(*, memory_bytes: int, cpu_seconds: int) -> dict[str, bool]:
    """Close everything else, in the order in which one lock does not hinder the next."""
    done = {
        "empty_root": _tried(_leave_files),
        "no_rights": _tried(_drop_rights),
        "not_traceable": _tried(lambda: _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)),
        "dies_with_parent": _tried(lambda: _call("prctl", _PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)),
        "landlock": _tried(_landlock),
    }
    done |= _bounds(memory_bytes, cpu_seconds)
    done["system_calls"] = _tried(_filter_system_calls)
    return done


def _bounds(memory_bytes: int, cpu_seconds: int) -> dict[str, bool]:
    bounds = {
        "memory_bound": (resource.RLIMIT_AS, memory_bytes),
        "cpu_bound": (resource.RLIMIT_CPU, cpu_seconds),
        "no_core_file": (resource.RLIMIT_CORE, 0),
        "no_file_growth": (resource.RLIMIT_FSIZE, 0),
        "no_new_process": (resource.RLIMIT_NPROC, 0),
        # No further descriptor: no file, socket or pipe can be opened, whatever the system.
        "no_new_descriptor": (resource.RLIMIT_NOFILE, 0),
    }
    # The signal "processor time is over" comes at the lower bound, the kill that cannot be ignored at the
    # upper.
    spare = {resource.RLIMIT_CPU: 1}
    return {
        name: _tried(partial(resource.setrlimit, kind, (bound, bound + spare.get(kind, 0))))
        for name, (kind, bound) in bounds.items()
    }


def _leave_files() -> None:
    """Make the empty, already removed working folder the root: no path leads anywhere any more."""
    os.chroot(".")
    os.chdir("/")


def _drop_rights() -> None:
    """Become nobody where we are root; then give up every capability, also those of our own namespace."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    version_3 = struct.pack("<II", 0x20080522, 0)
    _call("capset", version_3, bytes(24))


# --- Landlock: no path may be opened, no port bound or reached, no signal sent outside --------------------

_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446


def _landlock() -> None:
    """Forbid every act that this kernel's Landlock knows, with no exception."""
    version = _call("syscall", _LANDLOCK_CREATE, None, 0, 1)
    known_file_acts = {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    rules = struct.pack("<Q", (1 << known_file_acts) - 1)
    rules += struct.pack("<Q", 0b11) if version >= 4 else b""
    rules += struct.pack("<Q", 0b11) if version >= 6 else b""
    ruleset = _call("syscall", _LANDLOCK_CREATE, rules, len(rules), 0)
    _call("syscall", _LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)


# --- System calls: a short list of what computing needs; everything else answers "not permitted" ----------

_ALLOWED = {
    "x86_64": {
        "read": 0, "write": 1, "close": 3, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14,
        "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25, "madvise": 28, "nanosleep": 35, "getpid": 39,
        "exit": 60, "gettimeofday": 96, "getrusage": 98, "sigaltstack": 131, "gettid": 186, "time": 201,
        "futex": 202, "restart_syscall": 219, "clock_gettime": 228, "clock_getres": 229,
        "clock_nanosleep": 230, "exit_group": 231, "getrandom": 318,
    },
    "aarch64": {
        "read": 63, "write": 64, "close": 57, "munmap": 215, "brk": 214, "rt_sigaction": 134,
        "rt_sigprocmask": 135, "rt_sigreturn": 139, "sched_yield": 124, "mremap": 216, "madvise": 233,
        "nanosleep": 101, "getpid": 172, "exit": 93, "gettimeofday": 169, "getrusage": 165,
        "sigaltstack": 132, "gettid": 178, "futex": 98, "restart_syscall": 128, "clock_gettime": 113,
        "clock_getres": 114, "clock_nanosleep": 115, "exit_group": 94, "getrandom": 278,
    },
}  # fmt: skip
# Memory may be asked for, but never memory that can be executed: no foreign code is loaded or written.
_MAPPING = {"x86_64": {"mmap": 9, "mprotect": 10}, "aarch64": {"mmap": 222, "mprotect": 226}}
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000
_PROT_EXEC = 4
_NUMBER_AT, _ARCHITECTURE_AT, _THIRD_ARGUMENT_AT = 0, 4, 32


def system_call_rules(machine: str) -> bytes:
    """Return the filter as a program of the kernel's packet filter, eight bytes an instruction.

    Raises
    ------
    KeyError
        For a processor whose numbers of system calls are not written down here.
    """
    steps = [(_LOAD, 0, 0, _ARCHITECTURE_AT), (_EQUAL, 1, 0, _ARCHITECTURE[machine]), (_RETURN, 0, 0, _KILL)]
    steps.append((_LOAD, 0, 0, _NUMBER_AT))
    for number in _ALLOWED[machine].values():
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    for number in _MAPPING[machine].values():
        steps += [(_EQUAL, 0, 4, number), (_LOAD, 0, 0, _THIRD_ARGUMENT_AT), (_ANY_BIT, 0, 1, _PROT_EXEC)]
        steps += [(_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]
    steps.append((_RETURN, 0, 0, _REFUSE))
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def _filter_system_calls() -> None:
    rules = system_call_rules(os.uname().machine)
    program = _Program(len(rules) // 8, rules)
    pr_set_seccomp, mode_filter = 22, 2
    answer = _libc.prctl(pr_set_seccomp, mode_filter, ctypes.byref(program), 0, 0)
    if answer != 0:
        raise OSError(ctypes.get_errno(), "seccomp")
