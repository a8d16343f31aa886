"""The processes of this machine: memory, processor time, and whether they are gone."""

import os
import time
from pathlib import Path

__all__ = ["cpu_seconds", "peak_mb", "resident_mb", "wait_until_gone"]


def resident_mb(pid: int | None = None) -> float:
    """Return the memory a process has resident now, in MiB; None for this process."""
    return _status(pid, "VmRSS")


def peak_mb(pid: int | None = None) -> float:
    """Return the most memory a process had resident, in MiB; None for this process."""
    return _status(pid, "VmHWM")


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_gone(pid: int, timeout: float) -> float | None:
    """Return the seconds until a process is gone, or None when it is still there."""
    began = time.monotonic()
    while time.monotonic() - began < timeout:
        if not Path(f"/proc/{pid}").exists():
            return time.monotonic() - began
        time.sleep(0.02)
    return None


def _status(pid: int | None, field: str) -> float:
    path = Path(f"/proc/{'self' if pid is None else pid}/status")
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) / 1024
    raise LookupError(f"{path} has no line {field}.")
