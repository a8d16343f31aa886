"""The speaker tools on top of any diarizer and voice encoder; adapters only load what they need."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from tonmeister.artifacts import Measurement, Noted, SpeakerTurn, SpeakerTurns
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.diarization import SAMPLE_RATE, Diarizer, VoiceEncoder
from tonmeister.models.silero import SpeechDetector, SpeechRules
from tonmeister.models.turns import Diarized, overlap_duration
from tonmeister.streaming import Audio
from tonmeister.tools.speakers import MOST_SPEAKERS, names_of

__all__ = [
    "Diarizes",
    "Identifies",
    "Separates",
    "Verifies",
    "checked_number",
    "result_name",
]

LEAST_REFERENCE = 3.0
"""Seconds of speech a reference needs; below, voices are confused three times as often."""

LEAST_COMPARED = 1.0
"""Seconds of speech below which nothing is said about a recording."""

MOST_HEARD = 60.0
"""Seconds of speech that are listened to; a voice is known by then."""

UNSURE = 0.06
"""Similarities this near the threshold are called unclear."""

PAD = 0.12
FADE = 0.02
"""Seconds kept around a turn where nobody else speaks, and of the fade at its borders."""

NOBODY = "Nobody was heard to speak in this recording."
ONE_AT_A_TIME = (
    "This model hears one person at a time: where people speak at once, one label is given."
)
VOICE = SpeechRules(min_silence=0.2, pad=0.05)


def checked_number(num_speakers: int | None, tool: str, most: int = MOST_SPEAKERS) -> int | None:
    """Return the number of speakers, if it is one that can be asked for.

    Args:
        num_speakers: As asked; None to find it.
        tool: Who asks.
        most: The highest that can be.

    Raises:
        ToolInputError: It is out of range.
    """
    if num_speakers is not None and not 1 <= num_speakers <= most:
        raise ToolInputError(
            f"Found num_speakers = {num_speakers}; expected 1 to {most}.",
            tool=tool,
            hint="Leave it out, and the number is found.",
        )
    return num_speakers


def result_name(speaker: str) -> str:
    """Return how a plan names the recording of a speaker: ``speaker_00``."""
    return speaker.lower()


class Diarizes:
    """Serves ``diarize``; ``load`` sets the diarizer."""

    diarizer: Diarizer

    def __call__(self, audio: Audio, num_speakers: int | None) -> SpeakerTurns | Noted:
        """Find who speaks when.

        Args:
            audio: Any rate and number of channels.
            num_speakers: How many people speak, 1 to 20; None to find it.

        Raises:
            ToolInputError: The number is out of range.
        """
        wanted = checked_number(num_speakers, "diarize")
        found = self.diarizer.diarized(audio, wanted)
        return _noted(found.turns, _remarks(found, self.diarizer, wanted))


def _noted(turns: SpeakerTurns, notes: Sequence[str]) -> SpeakerTurns | Noted:
    return Noted(turns, tuple(notes)) if notes else turns


def _remarks(diarized: Diarized, diarizer: Diarizer, wanted: int | None) -> list[str]:
    turns = diarized.turns
    found = len(turns.speakers)
    if not found:
        return [NOBODY]
    notes: list[str] = []
    if wanted is not None and found < wanted:
        notes.append(f"{wanted} speakers were asked for; only {found} could be told apart.")
    if wanted is not None and _too_many(found, diarized.num_alone):
        notes.append(
            f"{found} speakers are listed because a number was given; the voices alone sound like "
            f"{diarized.num_alone}: some of the labels are probably the same person."
        )
    together = overlap_duration(turns)
    if found > 1 and not diarizer.hears_overlap:
        notes.append(ONE_AT_A_TIME)
    elif together >= 0.1:
        notes.append(f"For {together:.1f} s people speak at once; there their turns overlap.")
    return notes


def _too_many(found: int, alone: int) -> bool:
    """Say whether far more people are listed than the voices seem; one more may be right."""
    return found >= 2 * alone or found >= alone + 3


class Verifies:
    """Serves ``verify_speaker``; ``load`` sets encoder and detector."""

    encoder: VoiceEncoder
    detector: SpeechDetector

    def __call__(self, audio: Audio, reference_audio: Audio) -> Measurement | Noted:
        """Compare two voices.

        Args:
            audio: Speech of one person, any rate and number of channels.
            reference_audio: Speech of the person in question, 3 s or more.

        Raises:
            ToolInputError: The reference has less than 3 s of speech.
        """
        reference, known = reference_voice(
            self.encoder, self.detector, reference_audio, "verify_speaker"
        )
        voice, heard = _voice(self.encoder, self.detector, audio)
        threshold = self.encoder.same
        values: dict[str, float | int | str | None] = {
            "verdict": None,
            "similarity": None,
            "threshold": threshold,
            "speech_duration": round(heard, 2),
            "reference_speech_duration": round(known, 2),
        }
        if voice is None:
            told = (
                f"Found {heard:.1f} s of speech; a voice is compared from {LEAST_COMPARED:.0f} s."
            )
            return Noted(Measurement(values), (told,))
        similarity = float(voice @ reference)
        verdict = "same voice" if similarity >= threshold else "different voices"
        close = abs(similarity - threshold) < UNSURE
        values |= {"similarity": round(similarity, 3), "verdict": "unclear" if close else verdict}
        notes = ["This is a statistical comparison, not a proof of identity."]
        if heard < LEAST_REFERENCE:
            notes.append(f"Only {heard:.1f} s of speech were compared; more makes it surer.")
        return Noted(Measurement(values), tuple(notes))


def reference_voice(
    encoder: VoiceEncoder, detector: SpeechDetector, audio: Audio, tool: str, whose: str = ""
) -> tuple[Samples, float]:
    """Return the voice of a reference, of unit length, and its seconds of speech.

    Args:
        encoder: Compares voices.
        detector: Finds speech.
        audio: Speech of one person.
        tool: Who asks.
        whose: Name of the person, if known.

    Raises:
        ToolInputError: There is too little speech.
    """
    voice, heard = _voice(encoder, detector, audio)
    if voice is None or heard < LEAST_REFERENCE:
        raise ToolInputError(
            f"The reference{f' of {whose}' if whose else ''} has {heard:.1f} s of speech; "
            f"expected {LEAST_REFERENCE:.0f} s or more.",
            tool=tool,
            hint="Give a longer recording in which only that person speaks.",
        )
    return voice, heard


def _voice(
    encoder: VoiceEncoder, detector: SpeechDetector, audio: Audio
) -> tuple[Samples | None, float]:
    """Return the mean voice of a recording, None where too little is said, and the seconds."""
    clips: list[Samples] = []
    heard = 0.0
    for region in detector.regions(audio.converted(SAMPLE_RATE, 1), VOICE):
        end = region.start + MOST_HEARD if region.end is None else region.end
        end = min(end, region.start + MOST_HEARD - heard)
        speech = audio.read(region.start, end).to_mono().resampled(SAMPLE_RATE)
        clips.append(speech.samples[0])
        heard += speech.duration
        if heard >= MOST_HEARD - 0.1:
            break
    if heard < LEAST_COMPARED:
        return None, heard
    lengths = np.array([len(clip) for clip in clips], np.float32)
    mean = lengths @ encoder.embed(clips)
    voice: Samples = np.asarray(mean / np.linalg.norm(mean), np.float32)
    return voice, heard


class Identifies:
    """Serves ``identify_speaker``; ``load`` sets diarizer, encoder and detector."""

    diarizer: Diarizer
    encoder: VoiceEncoder
    detector: SpeechDetector

    def __call__(
        self, audio: Audio, reference_audio: list[Audio], names: str, num_speakers: int | None
    ) -> SpeakerTurns | Noted:
        """Find when known people speak.

        Args:
            audio: Any rate and number of channels.
            reference_audio: One recording of each known person.
            names: Their names in the same order, separated by commas.
            num_speakers: How many people speak, 1 to 20; None to find it.

        Raises:
            ToolInputError: A reference has less than 3 s of speech, or names do not fit.
        """
        tool = "identify_speaker"
        wanted = checked_number(num_speakers, tool)
        known = names_of(names, len(reference_audio))
        references = np.stack(
            [
                reference_voice(self.encoder, self.detector, one, tool, name)[0]
                for one, name in zip(reference_audio, known, strict=True)
            ]
        )
        found = self.diarizer.diarized(audio, wanted)
        chosen = _matched(found, references, known, self.encoder.same)
        turns = _renamed(found.turns, chosen)
        notes = _remarks(replace(found, turns=turns), self.diarizer, None)
        if found.turns.turns and (missing := [one for one in known if one not in chosen.values()]):
            notes.append(f"Not heard in this recording: {', '.join(missing)}.")
        return _noted(turns, notes)


def _matched(
    found: Diarized, references: Samples, known: Sequence[str], same: float
) -> dict[str, str]:
    """Return the name of each label whose voice is near enough to a reference."""
    chosen: dict[str, str] = {}
    for label, voice in found.voices.items():
        similar = references @ voice
        best = int(np.argmax(similar))
        if similar[best] >= same:
            chosen[label] = known[best]
    return chosen


def _renamed(turns: SpeakerTurns, chosen: Mapping[str, str]) -> SpeakerTurns:
    """Give names; unknown people are numbered anew, and turns of one person joined."""
    unknown = [label for label in turns.speakers if label not in chosen]
    names = {**chosen, **{label: f"SPEAKER_{index:02d}" for index, label in enumerate(unknown)}}
    joined: list[SpeakerTurn] = []
    latest: dict[str, int] = {}
    for turn in turns.turns:
        name = names[turn.speaker]
        before = latest.get(name)
        if before is not None and turn.start <= joined[before].end:
            end = max(joined[before].end, turn.end)
            joined[before] = SpeakerTurn(joined[before].start, end, name)
        else:
            latest[name] = len(joined)
            joined.append(SpeakerTurn(turn.start, turn.end, name))
    return SpeakerTurns(tuple(joined), turns.duration)


class Separates:
    """Serves ``separate_speakers`` by turns; ``load`` sets the diarizer."""

    diarizer: Diarizer

    def __call__(self, audio: Audio, num_speakers: int | None) -> Noted:
        """Make a recording of each speaker, as long as the original.

        Args:
            audio: Any rate and number of channels; both are kept.
            num_speakers: How many people speak, 1 to 20; None to find it.

        Raises:
            ToolInputError: Nobody speaks, or the number is out of range.
        """
        wanted = checked_number(num_speakers, "separate_speakers")
        found = self.diarizer.diarized(audio, wanted)
        turns = found.turns
        if not turns.turns:
            raise ToolInputError(
                f"{NOBODY} Expected speech.",
                tool="separate_speakers",
                hint="Give a recording of a conversation.",
            )
        recordings = {result_name(one): _alone(audio, turns, one) for one in turns.speakers}
        notes = _remarks(found, self.diarizer, wanted)
        together = overlap_duration(turns)
        if self.diarizer.hears_overlap and together >= 0.1:
            notes[-1] = (
                f"The recordings are parted by turns: for {together:.1f} s people speak at once, "
                "and both are heard in the recordings of both."
            )
        return Noted(recordings, tuple(notes))


def _alone(audio: Audio, turns: SpeakerTurns, speaker: str) -> Audio:
    """Return the recording, silent where a speaker has no turn."""
    times, gains = _envelope(turns, speaker)

    def blocks() -> Iterator[Waveform]:
        first = 0
        for block in audio.blocks():
            places = (first + np.arange(block.num_frames)) / audio.sample_rate
            gain = np.interp(places, times, gains).astype(np.float32)
            first += block.num_frames
            yield Waveform(block.samples * gain, audio.sample_rate)

    shape = (audio.sample_rate, audio.num_channels, audio.num_frames)
    return Audio.from_blocks(blocks(), *shape)


def _envelope(turns: SpeakerTurns, speaker: str) -> tuple[list[float], list[float]]:
    """Return the corners of a speaker's gain: times and gains, to be joined by lines.

    A turn is widened where nobody else speaks; where another turn follows at once, one fades out
    while the other fades in, and together they are the original.
    """
    others = [turn for turn in turns.turns if turn.speaker != speaker]
    ends = np.array([0.0, *sorted(turn.end for turn in others)])
    starts = np.array([*sorted(turn.start for turn in others), np.inf])
    spans: list[tuple[float, float]] = []
    for turn in (one for one in turns.turns if one.speaker == speaker):
        before = turn.start - ends[np.searchsorted(ends, turn.start, side="right") - 1]
        after = starts[np.searchsorted(starts, turn.end)] - turn.end
        if any(other.start < turn.start < other.end for other in others):
            before = 0.0
        if any(other.start < turn.end < other.end for other in others):
            after = 0.0
        start = turn.start - min(PAD, float(before) / 2)
        end = turn.end + min(PAD, float(after) / 2)
        if spans and start - spans[-1][1] <= FADE:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    times = [-FADE]
    gains = [0.0]
    for start, end in spans:
        half = min(FADE, end - start) / 2
        times += [start - half, start + half, end - half, end + half]
        gains += [0.0, 1.0, 1.0, 0.0]
    ordered = [times[0]]
    for _, following in pairwise(times):
        ordered.append(max(following, ordered[-1]))
    return ordered, gains
