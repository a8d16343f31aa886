"""AAC in an MP4 file: M4A, and M4B with chapters."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tonmeister.artifacts import ChapterMark
from tonmeister.audio import Samples
from tonmeister.streaming import Audio, Synthetic

if TYPE_CHECKING:
    from av.container.core import Chapter

__all__ = ["AAC_RATES", "FullScale", "comment_on", "nearest_rate", "short_blocks", "write_aac"]

AAC_RATES = (
    *(8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
    *(64000, 88200, 96000),
)
BITS_PER_SAMPLE = 6  # an AAC frame of 1024 samples has at most 6144 bits per channel
BLOCK_DURATION = 1.0  # libsndfile's Vorbis encoder takes stack space by block
TITLE_BYTES = 250  # a chapter's title in the list of Nero has one byte for its length


def comment_on(synthetic: Synthetic) -> str:
    """Return what a file says of itself; nothing of what was recorded.

    Args:
        synthetic: As a recording has it.
    """
    if not synthetic:
        return ""
    kind = "Generated sound" if synthetic == "sound" else "Synthetic speech"
    return f"{kind}, made with Tonmeister"


class FullScale:
    """Clip blocks to full scale and remember the highest peak found."""

    def __init__(self) -> None:
        self.peak = 0.0

    def __call__(self, samples: Samples) -> Samples:
        """Return the samples within [-1, 1].

        Args:
            samples: float32, (channels, frames).
        """
        if samples.size:
            self.peak = max(self.peak, float(np.max(np.abs(samples))))
        return np.clip(samples, -1.0, 1.0) if self.peak > 1.0 else samples


def nearest_rate(sample_rate: int, rates: tuple[int, ...]) -> int:
    """Return the lowest rate that loses nothing, or else the highest there is.

    Args:
        sample_rate: Rate of the recording in Hz.
        rates: What a format can hold, ascending; empty for any rate.
    """
    if not rates or sample_rate in rates:
        return sample_rate
    return min((rate for rate in rates if rate >= sample_rate), default=max(rates))


def short_blocks(audio: Audio) -> Iterator[Samples]:
    """Iterate over a recording in blocks of at most a second.

    Args:
        audio: Any recording.
    """
    count = max(1, round(BLOCK_DURATION * audio.sample_rate))
    for block in audio.blocks(BLOCK_DURATION):
        for first in range(0, block.num_frames, count):
            yield block.samples[:, first : first + count]


def write_aac(
    audio: Audio,
    path: Path,
    guard: Callable[[Samples], Samples],
    *,
    bit_rate: int,
    tags: Mapping[str, str],
    language: str = "",
    chapters: Sequence[ChapterMark] = (),
) -> None:
    """Encode a recording, its index before the sound so that players can begin at once.

    Chapters are written twice, as players expect them: as a text track (QuickTime File Format) and
    as the list of Nero ("chpl").

    Args:
        audio: Mono or stereo, at a rate among ``AAC_RATES``.
        path: The new file.
        guard: Keeps blocks within full scale.
        bit_rate: Bits per second and channel; lowered to what the sample rate allows.
        tags: Metadata of the file, such as ``title``; empty ones are left out.
        language: ISO 639-2 code of the sound; empty when it is not known.
        chapters: In order of time; those shorter than a millisecond are left out.

    Raises:
        OSError: The file cannot be written.
    """
    import av

    layout = "mono" if audio.num_channels == 1 else "stereo"
    # Without bitexact the muxer would write its own name into the file.
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(path, "w", format="ipod", options=options) as container:
        container.metadata.update({name: text for name, text in tags.items() if text})
        if chapters:
            container.set_chapters(list(_chapters(chapters)))
        stream = container.add_stream("aac", rate=audio.sample_rate, layout=layout)
        stream.bit_rate = min(bit_rate, BITS_PER_SAMPLE * audio.sample_rate) * audio.num_channels
        if language:
            stream.metadata["language"] = language
        position = 0
        for samples in short_blocks(audio):
            planes = np.ascontiguousarray(guard(samples), dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
            frame.sample_rate = audio.sample_rate
            frame.pts = position
            position += samples.shape[1]
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _chapters(marks: Sequence[ChapterMark]) -> Iterator["Chapter"]:
    for number, mark in enumerate(marks, start=1):
        start, end = round(mark.start * 1000), round(mark.end * 1000)
        if end > start:
            title = mark.title.encode()[:TITLE_BYTES].decode(errors="ignore")
            yield {
                "id": number,
                "start": start,
                "end": end,
                "time_base": Fraction(1, 1000),
                "metadata": {"title": title},
            }
