"""Stops one thread of a child process for good, as a bug or a dead disk would, with ptrace."""

import ctypes
import os
import threading
from pathlib import Path

PTRACE_SEIZE = 0x4206
PTRACE_INTERRUPT = 0x4207
WALL = 0x40000000  # threads too

libc = ctypes.CDLL(None, use_errno=True)


def threads(pid, name):
    """The ids of the process's threads of that name."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(task.name) for task in tasks if (task / "comm").read_text().strip() == name]


def ptrace(what, thread):
    # A request, the thread, an address and data that these requests do without.
    if libc.ptrace(ctypes.c_long(what), ctypes.c_long(thread), ctypes.c_void_p(), ctypes.c_void_p()):
        number = ctypes.get_errno()
        raise OSError(number, f"ptrace: {os.strerror(number)}")


def hang(pid, name):
    """Returns once the thread stands still; it does until its process ends."""
    (thread,) = threads(pid, name)
    ptrace(PTRACE_SEIZE, thread)
    ptrace(PTRACE_INTERRUPT, thread)
    os.waitpid(thread, WALL)
    # A process whose thread is traced has ended only when the tracer has seen the thread's end.
    threading.Thread(target=os.waitpid, args=(thread, WALL), daemon=True).start()
