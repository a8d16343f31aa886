"""Fillers in synthesized speech; their places are known, as the pieces are put together here."""

import numpy as np
import pytest

from tonmeister.artifacts import Noted, SoundEvent, Transcript
from tonmeister.audio import Waveform
from tonmeister.models.kokoro import Kokoro
from tonmeister.models.whisper import WhisperBase
from tonmeister.models.whisper_fillers import WhisperFillers, _merged
from tonmeister.streaming import Audio
from tonmeister.tools.speech import WithoutFillers

RATE = 24_000
SCRIPT = (
    "So yesterday I went to the",
    "*Um,",
    "market to buy some",
    "*uh,",
    "apples and oranges.",
    "*Er,",
    "then I met an old friend",
    "*umm,",
    "who told me about his new job.",
)


def spoken(
    kokoro: Kokoro, script: tuple[str, ...], language: str, voice: str
) -> tuple[Waveform, list[tuple[float, float]]]:
    """Speak a script piece by piece; return the sound and where its fillers (with "*") lie."""
    rng = np.random.default_rng(3)
    parts: list[np.ndarray] = []
    fillers: list[tuple[float, float]] = []
    position = 0
    for line in script:
        result = kokoro(line.lstrip("*"), language, voice, 1.0)
        audio = result.value if isinstance(result, Noted) else result
        assert isinstance(audio, Audio)
        sound = np.concatenate([block.samples[0] for block in audio.blocks()])
        loud = np.flatnonzero(np.abs(sound) > 0.01 * np.abs(sound).max())
        quiet = np.zeros(round(RATE * rng.uniform(0.18, 0.35)), np.float32)
        sound = sound[loud[0] : loud[-1] + 1]
        start = position + len(quiet)
        position = start + len(sound)
        parts += [quiet, sound]
        if line.startswith("*"):
            fillers.append((start / RATE, position / RATE))
    return Waveform(np.concatenate(parts)[None], RATE), fillers


def found_in(events: tuple[SoundEvent, ...], truth: list[tuple[float, float]]) -> tuple[int, int]:
    """Return how many true fillers are covered, and how many events cover none."""
    covers = [
        [event.start <= start + 0.05 and end - 0.05 <= event.end for start, end in truth]
        for event in events
    ]
    hits = sum(any(row[index] for row in covers) for index in range(len(truth)))
    return hits, sum(not any(row) for row in covers)


def test_events_that_overlap_become_one():
    events = [SoundEvent(1.0, 1.5, "um", 0.9), SoundEvent(1.4, 1.7, "uh", 0.8)]
    merged = _merged(events, [SoundEvent(0.2, 0.4, "er", 0.7)])
    assert [(event.start, event.end) for event in merged] == [(0.2, 0.4), (1.0, 1.7)]


@pytest.mark.weights
def test_most_fillers_are_cut_whole_and_words_are_not(
    kokoro: Kokoro, whisper: WhisperBase, filler_finder: WhisperFillers
):
    waveform, truth = spoken(kokoro, SCRIPT, "en", "af_heart")
    transcript = whisper(Audio.from_waveform(waveform.resampled(16_000)), "en")
    transcript = transcript.value if isinstance(transcript, Noted) else transcript
    assert isinstance(transcript, Transcript)
    result = filler_finder(Audio.from_waveform(waveform), transcript)
    assert isinstance(result, Noted) and isinstance(result.value, WithoutFillers)
    hits, misses = found_in(result.value.edits.events, truth)
    assert hits >= 2 and misses == 0
    recording = result.value.recording
    assert (recording.sample_rate, recording.num_channels) == (RATE, 1)
    kept = np.concatenate([block.samples[0] for block in recording.blocks()])
    assert len(kept) == recording.num_frames < waveform.num_frames
    again = whisper(Audio.from_waveform(Waveform(kept[None], RATE).resampled(16_000)), "en")
    again = again.value if isinstance(again, Noted) else again
    assert isinstance(again, Transcript)
    words = again.text.lower()
    assert "yesterday i went to the" in words.replace(",", "") and "new job" in words


@pytest.mark.weights
def test_speech_without_fillers_is_left_alone(
    whisper: WhisperBase, filler_finder: WhisperFillers, jfk: Waveform
):
    transcript = whisper(Audio.from_waveform(jfk), "en")
    transcript = transcript.value if isinstance(transcript, Noted) else transcript
    assert isinstance(transcript, Transcript)
    result = filler_finder(Audio.from_waveform(jfk), transcript)
    assert isinstance(result, Noted) and isinstance(result.value, WithoutFillers)
    assert result.value.edits.events == ()
    assert "nothing was cut" in result.notes[0]
