"""Pictures of sound: waveform and spectrogram."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Image
from tonmeister.errors import ToolInputError, writing
from tonmeister.streaming import Audio, Feed
from tonmeister.toolspec import WorkingFolder, tool

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_spectrogram", "draw_waveform", "spectrogram_with_marks"]

WIDTH, HEIGHT, DPI = 1600, 500, 100  # pixels
ROW_HEIGHT = 28
COLUMNS = 1400  # about the pixels between the axes
NUM_MELS = 128
N_FFT_DURATION = 0.046
RANGE_DB = 80.0
COLOUR = "#2a6fb0"


@tool(suffix="waveform", claims=("file_not_empty",))
def draw_waveform(audio: Audio, folder: WorkingFolder) -> Image:
    """Draw the waveform of a recording as a picture.

    Use it to see levels over time.

    Args:
        audio: Any recording.
        folder: Where the picture is written.
    """
    lowest, highest = _envelope(audio)
    channels = audio.num_channels
    height = max(HEIGHT, 100 * channels)
    figure = _figure(height)
    panels: NDArray[np.object_] = figure.subplots(channels, 1, sharex=True, squeeze=False)
    times = (np.arange(lowest.shape[1]) + 0.5) * audio.duration / lowest.shape[1]
    reach = max(1.0, float(np.max(highest)), -float(np.min(lowest)))
    for channel in range(channels):
        axes: Axes = panels[channel, 0]
        axes.fill_between(times, lowest[channel], highest[channel], color=COLOUR, linewidth=0.6)
        axes.axhline(0.0, color="#888888", linewidth=0.5)
        axes.set_ylim(-reach, reach)
        _level_axis(axes, channels)
    _time_axis(panels[-1, 0], audio.duration)
    figure.supylabel("Level in dBFS", fontsize=11)
    return _saved(figure, folder, "waveform.png")


@tool(suffix="spectrogram", claims=("file_not_empty",))
def draw_spectrogram(audio: Audio, folder: WorkingFolder) -> Image:
    """Draw the mel spectrogram of a recording as a picture.

    Use it to see which frequencies sound when.

    Args:
        audio: Any recording.
        folder: Where the picture is written.
    """
    figure = _figure(HEIGHT)
    axes = figure.subplots()
    _spectrogram(figure, axes, audio)
    return _saved(figure, folder, "spectrogram.png")


def spectrogram_with_marks(
    audio: Audio,
    rows: Sequence[str],
    marks: Sequence[tuple[int, float, float, float]],
    folder: WorkingFolder,
    name: str,
) -> Image:
    """Draw a spectrogram, and under it when each of some things is there.

    Args:
        audio: Any recording that is not empty.
        rows: What each row is called, from top to bottom.
        marks: Row, start and end in seconds, and how strongly it is coloured, 0.0 to 1.0.
        folder: Where the picture is written.
        name: File name of the picture.
    """
    below = max(1, len(rows))
    figure = _figure(HEIGHT + ROW_HEIGHT * below)
    heights = [HEIGHT, ROW_HEIGHT * below]
    above, under = figure.subplots(2, 1, sharex=True, height_ratios=heights)
    _spectrogram(figure, above, audio)
    above.set_xlabel("")
    for row, start, end, strength in marks:
        alpha = 0.3 + 0.7 * min(1.0, max(0.0, strength))
        under.barh(row, end - start, left=start, height=0.8, color=COLOUR, alpha=alpha)
    under.set_ylim(below - 0.5, -0.5)
    # A dollar sign would begin a formula.
    under.set_yticks(range(len(rows)), [row[:40].replace("$", r"\$") for row in rows])
    under.grid(axis="x", alpha=0.25)
    _time_axis(under, audio.duration)
    return _saved(figure, folder, name)


def _spectrogram(figure: "Figure", axes: "Axes", audio: Audio) -> None:
    levels = _mel_levels(audio)
    top = float(np.max(levels))
    picture = axes.imshow(
        levels,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
        extent=(0.0, audio.duration, 0.0, _mel(audio.sample_rate / 2)),
        vmin=top - RANGE_DB,
        vmax=top,
        cmap="magma",
    )
    wanted = (100, 200, 500, 1000, 2000, 4000, 8000, 16000, 32000, 64000)
    shown = [hz for hz in wanted if hz < audio.sample_rate / 2]
    axes.set_yticks([_mel(hz) for hz in shown], [f"{hz:,}".replace(",", " ") for hz in shown])
    axes.set_ylabel("Frequency in Hz", fontsize=11)
    _time_axis(axes, audio.duration)
    figure.colorbar(picture, ax=axes, pad=0.01, label="Level in dBFS")


def _figure(height: int) -> "Figure":
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, layout="constrained")


def _level_axis(axes: "Axes", channels: int) -> None:
    # Position is linear amplitude, so that the picture looks as in every editor.
    shown = (0, -6, -12) if channels <= 2 else (0,)
    ticks = [sign * 10 ** (level / 20) for sign in (1, -1) for level in shown]
    axes.set_yticks([*ticks, 0.0], [*[str(level) for level in shown] * 2, "-∞"])
    axes.tick_params(labelsize=10)
    axes.grid(alpha=0.25)


def _time_axis(axes: "Axes", duration: float) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    def clock(seconds: float, _position: int) -> str:
        minutes, rest = divmod(round(seconds, 3), 60)
        if duration >= 3600:
            return f"{int(minutes) // 60}:{int(minutes) % 60:02d}:{int(rest):02d}"
        return f"{int(minutes)}:{rest:02.0f}" if duration >= 20 else f"{int(minutes)}:{rest:05.2f}"

    steps = [1, 2, 5, 10] if duration < 60 else [1, 1.2, 1.5, 1.8, 3, 6, 9, 10]
    axes.xaxis.set_major_locator(MaxNLocator(12, steps=steps))
    axes.xaxis.set_major_formatter(FuncFormatter(clock))
    axes.set_xlim(0.0, duration)
    axes.set_xlabel("Time in h:mm:ss" if duration >= 3600 else "Time in mm:ss", fontsize=11)
    axes.tick_params(labelsize=10)


def _saved(figure: "Figure", folder: WorkingFolder, name: str) -> Image:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    path = folder / name
    with writing("The picture"):
        FigureCanvasAgg(figure).print_png(path)
    return Image(path, "image/png", "png")


def _columns(audio: Audio, tool_name: str) -> NDArray[np.int64]:
    """Return the frame at which each column of the picture starts, and the end."""
    total = audio.num_frames or 0
    if not total:
        raise ToolInputError(
            "The recording is empty; there is nothing to draw.",
            tool=tool_name,
            hint="Choose another recording.",
        )
    return np.linspace(0, total, min(COLUMNS, total) + 1).astype(np.int64)


def _envelope(audio: Audio) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return lowest and highest samples, each ``(channels, columns)``."""
    edges = _columns(audio, "draw_waveform")
    feed = Feed(audio)
    shape = (audio.num_channels, len(edges) - 1)
    lowest, highest = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for column, count in enumerate(np.diff(edges)):
        samples = feed.take(int(count))
        lowest[:, column], highest[:, column] = samples.min(axis=1), samples.max(axis=1)
    return lowest, highest


def _mel(frequency_hz: float) -> float:
    """Convert Hz to mel (O'Shaughnessy 1987)."""
    return 2595.0 * math.log10(1.0 + frequency_hz / 700.0)


def _mel_filters(sample_rate: int, n_fft: int) -> NDArray[np.float64]:
    """Return triangular filters of equal height, ``(NUM_MELS, n_fft // 2 + 1)``."""
    edges = 700.0 * (10.0 ** (np.linspace(0.0, _mel(sample_rate / 2), NUM_MELS + 2) / 2595.0) - 1.0)
    bins = np.arange(n_fft // 2 + 1) * sample_rate / n_fft
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (bins - lower) / (centre - lower), (upper - bins) / (upper - centre)
    filters = np.maximum(0.0, np.minimum(rising, falling))
    # Below the resolution of the transform a filter falls between two bins: it takes the nearest.
    for row in np.flatnonzero(filters.sum(axis=1) == 0.0):
        filters[row, int(np.argmin(np.abs(bins - centre[row])))] = 1.0
    return filters


def _mel_levels(audio: Audio) -> NDArray[np.float64]:
    """Return levels in dBFS, ``(NUM_MELS, columns)``; 0 dB is a full-scale sine.

    A column is the highest level of its frames, so that short sounds stay visible in long
    recordings.
    """
    total = audio.num_frames or 0
    n_fft = 1 << max(8, round(math.log2(N_FFT_DURATION * audio.sample_rate)))
    num_columns = len(_columns(audio, "draw_spectrogram")) - 1
    num_columns = max(1, min(num_columns, math.ceil(total / (n_fft // 4))))
    hop = n_fft // 2 if total > num_columns * n_fft else max(1, total // num_columns)
    window = np.hanning(n_fft)
    filters = _mel_filters(audio.sample_rate, n_fft)
    power = np.zeros((num_columns, NUM_MELS))
    feed = Feed(audio)
    held = np.zeros((audio.num_channels, n_fft // 2), np.float32)
    index = 0
    while index * hop < total:
        # Frame i is centred on i * hop; the sound is surrounded by silence.
        count = min(128, math.ceil((total - index * hop) / hop))
        wanted = (count - 1) * hop + n_fft
        held = np.concatenate([held, feed.take(wanted - held.shape[1])], axis=1)
        held = np.pad(held, ((0, 0), (0, wanted - held.shape[1])))
        frames = np.lib.stride_tricks.sliding_window_view(held, n_fft, axis=1)[:, ::hop]
        spectrum = np.abs(np.fft.rfft(frames * window)) / (window.sum() / 2)
        # Powers are averaged, not channels: what is in opposite phase must stay visible.
        mel = np.square(spectrum).mean(axis=0) @ filters.T
        columns = np.minimum(
            num_columns - 1, (np.arange(index, index + count) * hop * num_columns) // total
        )
        np.maximum.at(power, columns, mel)
        held = held[:, count * hop :]
        index += count
    return 10.0 * np.log10(np.maximum(power.T, 1e-14))
