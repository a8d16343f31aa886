"""Fillers that a transcript left out: a pass that is told to write them down, and their sound.

Whisper was trained on edited subtitles and drops many an "um". What a model is given as said before
sets the style of what it writes: after a line of fillers it writes more of them. What this pass
hears is added to what the transcript holds, and so are held sounds between pauses, which no
recogniser needs to spell (``hesitations``).
"""

from dataclasses import replace
from pathlib import Path

from tonmeister.artifacts import Noted, Region, Segment, SoundEvent, Transcript
from tonmeister.audio import Samples
from tonmeister.models.hesitations import hesitations
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.speech_pieces import SPEECH, Piece, grouped
from tonmeister.models.whisper import restored
from tonmeister.models.whisper_decoding import Decoder, Hearing
from tonmeister.models.whisper_weights import LANGUAGES, WHISPER_BASE
from tonmeister.streaming import Audio
from tonmeister.tools.fillers import filler_events, fillers_of
from tonmeister.tools.speech import WithoutFillers, remove_fillers, tidied
from tonmeister.toolspec import Card, model

__all__ = ["WhisperFillers"]

SAID_BEFORE = {
    "en": "Um, uh, er, hmm, um, uh.",
    "pt": "Hum, é, ahn, hã, é, hum.",
    "es": "Eh, em, eh, mmm, eh.",
    "fr": "Euh, hum, euh, heu, euh.",
    "it": "Ehm, eh, mmm, ehm, eh.",
    "de": "Äh, ähm, hm, äh, ähm.",
    "nl": "Eh, uh, ehm, eh, uh.",
}


@model(
    remove_fillers,
    card=Card(
        name="whisper-base",
        licence="MIT",
        checkpoint=WHISPER_BASE,
        memory_mb=850,
        speed=0.13,
        load_duration=2.0,
    ),
)
class WhisperFillers:
    """Finds fillers with a pass of Whisper base that writes them down, and by their sound."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the weights.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._detector = SpeechDetector(threads=1)
        self._decoder = Decoder(Path(weights or ""), threads)

    def __call__(
        self, audio: Audio, transcript: Transcript, fillers: str | None = None
    ) -> WithoutFillers | Noted:
        """Cut fillers out.

        Args:
            audio: The recording that was transcribed, at any rate.
            transcript: What is said in it, with word times.
            fillers: Words to cut, separated by commas; None for those of the language.
        """
        wanted = fillers_of(transcript.language, fillers)
        events = filler_events(audio, transcript, wanted)
        language = transcript.language
        regions = list(self._detector.regions(audio.converted(16_000, 1), SPEECH))
        said_before = fillers or SAID_BEFORE.get(language or "")
        if language in LANGUAGES and said_before is not None:
            heard = self._heard(audio, regions, language, said_before)
            # Primed with fillers, the model also echoes them where there are none; those between
            # pauses have a sound of their own.
            events = _merged(events, filler_events(audio, heard, wanted, only_apart=True))
        if fillers is None:

            def read(samples: Samples) -> list[str]:
                return self._words(samples, language if language in LANGUAGES else "en")

            held = hesitations(audio, transcript, regions, self._detector, read)
            events = _merged(events, held)
        return tidied(audio, transcript, events)

    def _words(self, samples: Samples, language: str) -> list[str]:
        streams = self._decoder.opened(samples)
        return [word.text for word in self._decoder.read(streams, Hearing(language))]

    def _heard(
        self, audio: Audio, regions: list[Region], language: str, said_before: str
    ) -> Transcript:
        segments: list[Segment] = []
        for group in grouped(regions):
            piece = Piece.read(audio, group)
            streams = self._decoder.opened(piece.samples, piece.offsets)
            words = self._decoder.read(streams, Hearing(language, vocabulary=said_before))
            timed = restored(piece, words, segments[-1].end if segments else 0.0)
            if timed:
                segments.append(Segment(timed[0].start, timed[-1].end, "", words=tuple(timed)))
        return Transcript(language, tuple(segments), audio.duration)


def _merged(first: list[SoundEvent], second: list[SoundEvent]) -> list[SoundEvent]:
    """Join two lists of events; those that overlap become one."""
    merged: list[SoundEvent] = []
    for event in sorted([*first, *second], key=lambda one: one.start):
        if merged and event.start < merged[-1].end:
            merged[-1] = replace(merged[-1], end=max(merged[-1].end, event.end))
        else:
            merged.append(event)
    return merged
