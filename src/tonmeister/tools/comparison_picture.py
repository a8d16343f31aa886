"""The picture of a comparison: tone in octaves, and level over time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Image
from tonmeister.errors import writing

__all__ = ["draw_comparison"]

WIDTH, HEIGHT, DPI = 16.0, 8.0, 100
FIRST, SECOND = "#2a6fb0", "#d2691e"
LOWEST_DB = -90.0


def draw_comparison(
    folder: Path,
    octaves_hz: Sequence[float],
    octaves_db: NDArray[np.float64],
    columns_db: Sequence[NDArray[np.float64]],
    duration: float,
) -> Image:
    """Draw two recordings at equal loudness.

    Args:
        folder: Where the picture is written.
        octaves_hz: Centres of octave bands.
        octaves_db: Levels of both in them, shape ``(2, octaves)``; NaN where there is nothing.
        columns_db: Level of each over time.
        duration: Length of the time they share, in seconds.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, layout="constrained")
    tone, level = figure.subplots(2, 1)
    places = np.arange(len(octaves_hz))
    top = np.nanmax(octaves_db) if np.isfinite(octaves_db).any() else 0.0
    for index, (colour, name) in enumerate(((FIRST, "first"), (SECOND, "second"))):
        heights = np.maximum(octaves_db[index] - top, LOWEST_DB)
        tone.plot(places, heights, "o-", color=colour, label=name)
        times = (np.arange(len(columns_db[index])) + 0.5) * duration / len(columns_db[index])
        level.plot(
            times, np.maximum(columns_db[index], LOWEST_DB), color=colour, label=name, linewidth=0.9
        )
    for place, change in zip(places, octaves_db[1] - octaves_db[0], strict=True):
        if np.isfinite(change):
            tone.annotate(
                f"{change:+.1f}", (float(place), 1.0), xycoords=("data", "axes fraction"),
                ha="center", va="bottom", fontsize=10,
            )  # fmt: skip
    tone.set_xticks(places, [f"{centre:g}" for centre in octaves_hz])
    tone.set_xlabel("Octave in Hz; above it, second minus first in dB", fontsize=11)
    tone.set_ylabel("Level in dB", fontsize=11)
    level.set_xlim(0.0, duration)
    level.set_xlabel("Time in seconds", fontsize=11)
    level.set_ylabel("Level in dBFS", fontsize=11)
    for axes in (tone, level):
        axes.grid(alpha=0.25)
        axes.legend(loc="lower left")
    path = folder / "comparison.png"
    with writing("The picture"):
        FigureCanvasAgg(figure).print_png(path)
    return Image(path, "image/png", "png")
