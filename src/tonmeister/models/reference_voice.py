"""The speech that shows a voice: found in a recording, and refused when it is too little."""

import numpy as np

from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.silero import SpeechDetector, SpeechRules
from tonmeister.streaming import Audio

__all__ = ["MIN_SPEECH", "reference_speech"]

MIN_SPEECH = 3.0
"""Seconds of speech from which a voice can be told from others."""

ENOUGH_SPEECH = 60.0
"""Seconds after which more speech changes nothing."""

EASY = SpeechRules(min_silence=0.2, pad=0.05)
DETECTOR_RATE = 16_000


def reference_speech(
    reference_audio: Audio, detector: SpeechDetector, sample_rate: int, wanted: str
) -> Waveform:
    """Return the first minute of speech of a recording, pauses left out.

    Args:
        reference_audio: The voice, any rate and number of channels; it is read twice.
        detector: Finds the speech.
        sample_rate: Rate of the result in Hz.
        wanted: Name of the tool, for errors.

    Raises:
        ToolInputError: There is no speech, or less than 3 s of it.
    """
    total = 0.0
    parts: list[Waveform] = []
    for region in detector.regions(reference_audio.converted(DETECTOR_RATE, 1), EASY):
        end = reference_audio.duration if region.end is None else region.end
        end = min(end, region.start + ENOUGH_SPEECH - total)
        total += end - region.start
        part = reference_audio.read(region.start, end)
        parts.append(part.to_mono().resampled(sample_rate))
        if total >= ENOUGH_SPEECH - 0.01:
            break
    length = reference_audio.duration
    if not parts:
        raise ToolInputError(
            f"The reference recording of {length:.1f} s holds no speech; a voice is expected.",
            tool=wanted,
            hint="Hand over a recording of one person speaking, 3 s or more.",
        )
    if total < MIN_SPEECH:
        raise ToolInputError(
            f"The reference recording of {length:.1f} s holds {total:.1f} s of speech; "
            f"{MIN_SPEECH:.0f} s or more are expected.",
            tool=wanted,
            hint="Hand over a longer recording of the same person; 10 to 60 s are best.",
        )
    return Waveform(np.concatenate([part.samples for part in parts], axis=1), sample_rate)
