"""The machine and its processes: load, versions, memory and processor time."""

import importlib.metadata
import os
import platform
import time
from pathlib import Path
from typing import Any

__all__ = ["cpu_seconds", "description", "load", "peak_mb", "resident_mb", "wait_until_gone"]

PACKAGES = (
    "av",
    "ctranslate2",
    "faster-whisper",
    "numpy",
    "onnxruntime",
    "soundfile",
    "sqlalchemy",
    "xllamacpp",
)


def description() -> dict[str, Any]:
    """Return the kind of machine and the versions that matter."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in ("tonmeister", *PACKAGES)},
    }


def load() -> float:
    """Return how many programs wanted the processor in the last minute."""
    return round(os.getloadavg()[0], 2)


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


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    for line in cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
