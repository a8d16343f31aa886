"""Where something was measured: the kind of machine and the versions that matter."""

import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

__all__ = ["description", "load"]

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
        "memory_gb": _memory_gb(),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in ("tonmeister", *PACKAGES)},
    }


def load() -> float | None:
    """Return how many programs wanted the processor in the last minute; None where unknown."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _memory_gb() -> int | None:
    if not hasattr(os, "sysconf"):  # Windows
        return None
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else ()
    for line in lines:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
