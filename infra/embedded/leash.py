"""`python leash.py SIGNAL PARENT USER COMMAND...`: become COMMAND, and get SIGNAL when PARENT dies.

A program of its own, because code between fork and exec is unsafe in a process with threads.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1
SAME_USER = "-"


def become(user: str) -> None:
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def die_with(parent: int, death_signal: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit("leash: the parent is gone already")


def main() -> None:
    death_signal, parent, user, *command = sys.argv[1:]
    if user != SAME_USER:
        become(user)
    # After the change of user, which clears the signal.
    die_with(int(parent), int(death_signal))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
