"""Runs one command and writes what it needed: ``python -I -S launch.py FILE COMMAND...``.

The kernel counts the memory of the process that starts a command as the command's own, so this one
imports next to nothing.
"""

import os
import sys
import time

began = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - began
with open(sys.argv[1], "w") as file:
    file.write(
        f"{os.waitstatus_to_exitcode(status)} {usage.ru_utime + usage.ru_stime} {wall} {usage.ru_maxrss * 1024}"
    )
