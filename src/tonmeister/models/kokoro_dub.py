"""Dubbing with Kokoro: a translated transcript spoken at the times of the original."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tonmeister.artifacts import Measurement, Noted, Segment, Transcript
from tonmeister.audio import Samples
from tonmeister.errors import ToolInputError
from tonmeister.models.dubbing import (
    FASTEST,
    IN_TIME,
    Line,
    Placed,
    Speak,
    SpeechFitter,
    Timeline,
)
from tonmeister.models.kokoro import KOKORO, SAMPLE_RATE, Kokoro
from tonmeister.models.kokoro_voices import LANGUAGES, VOICES
from tonmeister.models.translation_pairs import code_of, name_of
from tonmeister.models.voice_choice import (
    GenderEar,
    chosen_voices,
    given_voices,
    heard,
    reasons_told,
)
from tonmeister.streaming import Audio
from tonmeister.tools.translation import Dubbing, dub
from tonmeister.toolspec import Card, model

__all__ = ["EVERYBODY", "KokoroDub", "dubbed", "spoken_language", "spoken_segments"]

LISTENED = 30.0
"""Seconds of a speaker that are enough to tell the pitch and how the voice sounds."""

SILENCE = 0.01
LEAD = 0.01
"""Speech begins where it reaches this share of its peak (-40 dB), and ends there, with 10 ms to
spare."""

EVERYBODY = ""
"""Who speaks where there are no labels."""

BEYOND = 0.5
"""Seconds by which a transcript may exceed its recording."""


@model(
    dub,
    card=Card(
        name="kokoro-82m",
        licence="Apache-2.0",
        checkpoint=KOKORO,
        memory_mb=680,
        speed=1.2,
        load_duration=2.0,
        quality=60,
        note="Speech replaces the whole original sound, music and noise included.",
    ),
)
class KokoroDub:
    """Dubs with Kokoro, 82 million parameters, 24 kHz mono."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load Kokoro.

        Args:
            weights: Folder with the checkpoint's files; those of Resemblyzer may lie beside it.
            threads: CPU threads it may use.
        """
        self._weights, self._threads = Path(weights or ""), threads
        self._kokoro = Kokoro()
        self._kokoro.load(weights, threads)

    def __call__(
        self, audio: Audio, transcript: Transcript, voice: str | None = None
    ) -> Dubbing | Noted:
        """Speak a transcript at its times.

        Args:
            audio: The original recording, any rate and channels; it is read in places.
            transcript: What to say, in the language to speak.
            voice: A voice for everybody, or "SPEAKER_00=pm_alex, SPEAKER_01=pf_dora"; None for
                one that sounds like a man or a woman as each speaker does, of about the pitch.

        Raises:
            ToolInputError: There is nothing to say, or language, voice or times do not fit.
        """
        language = spoken_language(transcript, LANGUAGES)
        segments = spoken_segments(audio, transcript)
        ear = GenderEar.beside(self._weights, self._threads)
        voices, reasons = _voices(audio, segments, language, voice, ear)

        def speak(text: str, voice: str, speed: float) -> Samples:
            made = self._kokoro.spoken(text, language, voice, speed)
            return np.concatenate([block.samples[0] for block in made])

        made = dubbed(audio, segments, voices, speak, SAMPLE_RATE)
        dubbing, notes = (made.value, made.notes) if isinstance(made, Noted) else (made, ())
        return Noted(dubbing, (*reasons, *notes))


def dubbed(
    audio: Audio,
    segments: Sequence[Segment],
    voices: Mapping[str, str],
    speak: Speak,
    sample_rate: int,
) -> Dubbing | Noted:
    """Speak segments at their times.

    Args:
        audio: The original recording.
        segments: What to say, in order of time, at least one.
        voices: Name of the voice of every speaker; of "" where there are no labels.
        speak: Makes speech, with or without silence at its ends.
        sample_rate: Rate of what it makes, in Hz.
    """
    lines = [
        Line(one.start, one.end, one.text.strip(), voices[one.speaker or EVERYBODY])
        for one in segments
    ]

    def closely(text: str, voice: str, speed: float) -> Samples:
        return _spoken_part(speak(text, voice, speed), sample_rate)

    timeline = Timeline(sample_rate)
    placed = SpeechFitter(closely, sample_rate).placed(lines, timeline)
    wanted = round(audio.duration * sample_rate)
    num_frames = max(wanted, round(placed[-1].end * sample_rate))
    added = (num_frames - wanted) / sample_rate
    dubbing = Dubbing(timeline.audio(num_frames), _report(placed, voices, added))
    notes = _notes(placed, added)
    return Noted(dubbing, notes) if notes else dubbing  # pyright: ignore[reportArgumentType]


def spoken_segments(audio: Audio, transcript: Transcript) -> list[Segment]:
    """Return the segments with words, in order of time.

    Args:
        audio: The original recording.
        transcript: What to say; it has words.

    Raises:
        ToolInputError: The transcript goes on after the recording.
    """
    segments = sorted(
        (one for one in transcript.segments if any(map(str.isalnum, one.text))),
        key=lambda segment: segment.start,
    )
    _check_times(segments, audio)
    return segments


def spoken_language(transcript: Transcript, known: Sequence[str]) -> str:
    """Return the language of what is to be said.

    Args:
        transcript: What to say.
        known: Languages there are voices for.

    Raises:
        ToolInputError: There are no words, or no voice speaks their language.
    """
    language = code_of(transcript.language)
    if not any(letter.isalpha() for letter in transcript.text):
        raise _refused("The transcript has no words to speak.", "Transcribe a recording of speech.")
    if language is None:
        raise _refused(
            "The transcript does not say its language.", "Translate it first, or transcribe anew."
        )
    if language not in known:
        raise _refused(
            f"No voice here speaks {name_of(language)}.",
            f"Translate the transcript into one of: {', '.join(known)}; or name a voice of the "
            "extra torch that speaks it, such as `--use dub=mms-tts-deu`.",
        )
    return language


def _check_times(segments: Sequence[Segment], audio: Audio) -> None:
    last = segments[-1].start
    if last > audio.duration + BEYOND:
        raise _refused(
            f"The transcript goes on at {last:.1f} s; the recording ends at "
            f"{audio.duration:.1f} s.",
            "Give the recording that the transcript was made from.",
        )


def _voices(
    audio: Audio,
    segments: Sequence[Segment],
    language: str,
    voice: str | None,
    ear: GenderEar | None,
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the voice of every speaker, and sentences that tell why."""
    known = [one.name for one in VOICES if one.language == language]
    speakers = list(dict.fromkeys(one.speaker or EVERYBODY for one in segments))
    given = given_voices(voice, known, speakers)
    listened = {
        speaker: heard(
            _speech(audio, [one for one in segments if (one.speaker or EVERYBODY) == speaker]),
            audio.sample_rate,
            ear,
        )
        for speaker in speakers
        if speaker not in given
    }
    left = [name for name in known if name not in given.values()] or known
    voices = {**given, **chosen_voices(listened, left, known[0])}
    return voices, reasons_told(listened, voices)


def _speech(audio: Audio, segments: Sequence[Segment]) -> list[Samples]:
    """Read a speaker's longest stretches, mono, 30 s at most."""
    pieces: list[Samples] = []
    left = LISTENED
    for segment in sorted(segments, key=lambda one: one.start - one.end):
        if left <= 0.0:
            break
        stretch = audio.read(segment.start, min(segment.end, segment.start + left))
        pieces.append(stretch.to_mono().samples[0])
        left -= stretch.duration
    return pieces


def _spoken_part(samples: Samples, sample_rate: int) -> Samples:
    """Cut the silence at both ends, so that speech begins when its line does."""
    loud = np.flatnonzero(np.abs(samples) > SILENCE * np.max(np.abs(samples), initial=0.0))
    if len(loud) == 0:
        return samples
    lead = round(LEAD * sample_rate)
    return samples[max(0, loud[0] - lead) : loud[-1] + lead]


def _report(placed: Sequence[Placed], voices: Mapping[str, str], added: float) -> Measurement:
    lengths = np.array([one.end - one.start for one in placed])
    speeds = np.array([one.speed for one in placed])
    delays = [one.delay for one in placed]
    overruns = [one.overrun for one in placed]
    values: dict[str, float | int | str | None] = {
        "segments": len(placed),
        "fitted": sum(one.fits for one in placed),
        "mean_speed": round(float(np.average(speeds, weights=lengths)), 3),
        "max_speed": round(float(speeds.max()), 3),
        "overrun": round(sum(overruns), 3),
        "max_overrun": round(max(overruns), 3),
        "delayed": sum(delay > IN_TIME for delay in delays),
        "max_delay": round(max(0.0, *delays), 3),
        "added": round(added, 3),
    }
    for speaker, voice in voices.items():
        values[f"voice_{speaker}".rstrip("_")] = voice
    return Measurement(values)


def _notes(placed: Sequence[Placed], added: float) -> tuple[str, ...]:
    late = [one for one in placed if not one.fits]
    notes: list[str] = []
    if late:
        delayed = [one.delay for one in placed if one.delay > IN_TIME]
        begin = f"; {len(delayed)} begin up to {max(delayed):.1f} s late" if delayed else ""
        notes.append(
            f"{len(late)} of {len(placed)} segments are too long for their time even at "
            f"{FASTEST} times the usual speed and end up to "
            f"{max(one.overrun for one in late):.1f} s late{begin}. Nothing was cut."
        )
    if added > 0.0:
        notes.append(f"The result is {added:.1f} s longer than the recording.")
    return tuple(notes)


def _refused(message: str, hint: str) -> ToolInputError:
    return ToolInputError(message, tool="dub", hint=hint)
