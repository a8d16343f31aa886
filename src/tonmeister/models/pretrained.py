"""Networks of the hub, built by transformers or diffusers, of which every number is the file's.

Both libraries fill what a file lacks with random numbers and tell it in a log only; here such a
file is refused, and so is one whose tensors have other shapes.
"""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tonmeister.errors import ToolUnavailable

__all__ = ["filled", "is_of_memory", "pretrained", "unfit"]

NEVER_READ = ("position_ids", "masked_spec_embed")
"""Ends of names that a file may lack: positions are counted, not learned, and older files hold them
while newer do not; what stands for a masked frame is for training only."""


def pretrained(kind: Any, folder: Path, checkpoint: str | None = None, **options: Any) -> Any:
    """Load a network, and make sure that every number is the file's.

    Args:
        kind: Its class, of diffusers or transformers.
        folder: Where its configuration and its safetensors lie.
        checkpoint: Name of the checkpoint, for messages; None for that of the folder.
        options: What else its class is told.

    Returns:
        The network, ready to be asked.

    Raises:
        ToolUnavailable: The file does not fit the configuration, or lacks a tensor.
    """
    from safetensors import SafetensorError

    # diffusers asks for accelerate unless it is told not to look for it.
    plain = {"low_cpu_mem_usage": False} if kind.__module__.startswith("diffusers") else {}
    name = checkpoint or folder.name
    try:
        with warnings.catch_warnings():
            # Both libraries warn of what they themselves will change.
            warnings.simplefilter("ignore")
            network, told = kind.from_pretrained(
                str(folder),
                local_files_only=True,
                use_safetensors=True,
                output_loading_info=True,
                ignore_mismatched_sizes=True,  # it is told which, and refused below
                **plain,
                **options,
            )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        if is_of_memory(error):
            raise
        raise unfit(name, str(error).splitlines()[0], folder) from error
    missing = [one for one in told["missing_keys"] if not one.endswith(NEVER_READ)]
    if missing:
        raise unfit(name, f"{min(missing)} is missing", folder)
    for tensor, found, wanted in told.get("mismatched_keys") or ():
        shapes = f"{tensor} has the shape {tuple(found)}, expected {tuple(wanted)}"
        raise unfit(name, shapes, folder)
    return network.eval()


def filled(
    network: Any, tensors: Mapping[str, Any], folder: Path, *, tied: str | None = None
) -> Any:
    """Put tensors into a network, and make sure that each of its numbers is among them.

    Args:
        network: A network as its class builds it from its configuration.
        tensors: Name → array, as ``read_tensors`` gives them; more than it has are no harm.
        folder: Folder of the checkpoint, for messages.
        tied: Part of the names of a layer that is another one again, which a file may lack.

    Returns:
        The network, ready to be asked.

    Raises:
        ToolUnavailable: A tensor has another shape, or is not there.
    """
    import torch

    state = {name: torch.from_numpy(array) for name, array in tensors.items()}
    try:
        missing = network.load_state_dict(state, strict=False).missing_keys
    except RuntimeError as error:  # a tensor of another shape
        raise unfit(folder.name, str(error).splitlines()[-1].strip()) from error
    wanted = [
        name
        for name in missing
        if not name.endswith(NEVER_READ) and (tied is None or tied not in name)
    ]
    if wanted:
        raise unfit(folder.name, f"{wanted[0]} is missing")
    return network.eval()


def unfit(checkpoint: str, reason: str, folder: Path | None = None) -> ToolUnavailable:
    """Return the error of files that do not fit together.

    Args:
        checkpoint: Name of the checkpoint.
        reason: What was found.
        folder: Which of its folders, where it has several.
    """
    place = f"{folder.name}: " if folder is not None and folder.name != checkpoint else ""
    return ToolUnavailable(
        f"The files of '{checkpoint}' do not fit together ({place}{reason}).",
        hint=f"Run `tonmeister models remove {checkpoint}`, and pull it again.",
    )


def is_of_memory(error: BaseException) -> bool:
    """Say whether an error means that the memory did not suffice.

    Args:
        error: What was raised; on a CPU torch says so in words only.
    """
    told = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in told or "t allocate memory" in told
