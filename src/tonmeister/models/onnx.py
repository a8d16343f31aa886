"""ONNX graphs on the CPU: one way to open them for every model family."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["open_graph"]

ERRORS_ONLY = 3


def open_graph(graph: Path | bytes, threads: int) -> "InferenceSession":
    """Open an ONNX graph for the CPU.

    Args:
        graph: The file, or the serialised graph itself.
        threads: CPU threads one call may use, 1 or more.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    # One thread has nobody to wait for; spinning would burn its core between small calls.
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(threads > 1)))
    return onnxruntime.InferenceSession(
        graph if isinstance(graph, bytes) else str(graph),
        options,
        providers=["CPUExecutionProvider"],
    )
