"""Speakers: who speaks when, which of them is who, and each of them alone."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Annotated

from tonmeister.artifacts import (
    Measurement,
    Noted,
    Segment,
    SpeakerTurn,
    SpeakerTurns,
    Transcript,
    Word,
)
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio
from tonmeister.toolspec import Range, tool

__all__ = [
    "MOST_SPEAKERS",
    "diarize",
    "identify_speaker",
    "label_speakers",
    "name_speakers",
    "names_of",
    "separate_speakers",
    "verify_speaker",
]

MOST_SPEAKERS = 20
NumSpeakers = Annotated[int, Range(1, MOST_SPEAKERS)]

NEAR = 1.0
"""Seconds from a turn up to which a word between turns still belongs to its speaker."""


@tool(needs_model=True, suffix="speakers", claims=("times_inside", "speakers_as_asked"))
def diarize(audio: Audio, num_speakers: NumSpeakers | None = None) -> SpeakerTurns:  # pyright: ignore[reportReturnType]
    """Find who speaks when in a recording.

    Use it to tell the people of a conversation apart, and before labelling a transcript. The
    people are called SPEAKER_00, SPEAKER_01 and so on: it does not know their names, and it
    does not write down what they say.

    Args:
        audio: A conversation of any length.
        num_speakers: How many people speak, 1 to 20; left out, it is found.
    """


@tool(suffix="transcript", claims=("times_inside",))
def label_speakers(transcript: Transcript, turns: SpeakerTurns) -> Transcript | Noted:
    """Write into a transcript who says what.

    Use it with the speaker turns of the same recording. Each word goes to the person whose turn
    it overlaps most, and segments are split where the person changes.

    Args:
        transcript: What is said.
        turns: Who speaks when.
    """
    if not turns.turns:
        return Noted(transcript, ("No speaker was found, so the transcript has no labels.",))
    segments = tuple(
        piece for segment in transcript.segments for piece in _split(segment, turns.turns)
    )
    labelled = replace(transcript, segments=segments)
    unknown = sum(segment.speaker is None for segment in segments)
    if unknown:
        told = (
            f"For {unknown} of {len(segments)} segments no speaker was found; they have no label."
        )
        return Noted(labelled, (told,))
    return labelled


def _split(segment: Segment, turns: Sequence[SpeakerTurn]) -> Iterator[Segment]:
    """Yield the segment in pieces of one speaker each."""
    if not segment.words:
        yield replace(segment, speaker=_speaker(segment.start, segment.end, turns))
        return
    speakers = [_speaker(word.start, word.end, turns) for word in segment.words]
    # A word between turns goes with the word before it, or else the one after.
    for index, speaker in enumerate(speakers):
        if speaker is None and index:
            speakers[index] = speakers[index - 1]
    first = next((speaker for speaker in speakers if speaker is not None), None)
    pairs = zip((speaker or first for speaker in speakers), segment.words, strict=True)
    pieces = [
        (speaker, tuple(word for _, word in some))
        for speaker, some in groupby(pairs, key=lambda pair: pair[0])
    ]
    if len(pieces) == 1:
        yield replace(segment, speaker=pieces[0][0])
        return
    for index, (speaker, words) in enumerate(pieces):
        start = segment.start if index == 0 else words[0].start
        end = segment.end if index == len(pieces) - 1 else words[-1].end
        yield Segment(start, end, _joined(words), speaker, words)


def _joined(words: Sequence[Word]) -> str:
    return re.sub(r"\s+", " ", " ".join(word.text.strip() for word in words)).strip()


def _speaker(start: float, end: float, turns: Sequence[SpeakerTurn]) -> str | None:
    """Return who speaks most between two times, else who is nearest within a second."""
    shares: dict[str, float] = defaultdict(float)
    nearest: tuple[float, str] | None = None
    for turn in turns:
        shared = min(end, turn.end) - max(start, turn.start)
        if shared > 0.0:
            shares[turn.speaker] += shared
        elif nearest is None or -shared < nearest[0]:
            nearest = (-shared, turn.speaker)
    if shares:
        return max(shares, key=lambda speaker: shares[speaker])
    return nearest[1] if nearest is not None and nearest[0] <= NEAR else None


@tool(suffix="named", claims=("times_inside",))
def name_speakers(transcript: Transcript, names: str) -> Transcript:
    """Replace the speaker labels of a transcript by names.

    Use it when somebody says who the speakers are. Speakers that are not mentioned keep their
    labels. It does not recognise anybody by voice.

    Args:
        transcript: A transcript with speaker labels.
        names: Label and name of each speaker, such as "SPEAKER_00=Ana, SPEAKER_01=Rui".
    """
    present = list(
        dict.fromkeys(one.speaker for one in transcript.segments if one.speaker is not None)
    )
    if not present:
        raise ToolInputError(
            "This transcript has no speaker labels; expected some, such as SPEAKER_00.",
            tool="name_speakers",
            hint="Find the speakers first (diarize, then label_speakers).",
        )
    chosen = {_known(label, present): name for label, name in _pairs(names)}
    segments = tuple(
        replace(one, speaker=chosen.get(one.speaker or "", one.speaker))
        for one in transcript.segments
    )
    return replace(transcript, segments=segments)


def _pairs(names: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for part in filter(str.strip, re.split(r"[,;\n]", names)):
        match = re.fullmatch(r"\s*([^=:]+?)\s*(?:=|:|\bis\b|\bé\b)\s*(.+?)\s*", part)
        if match is None:
            raise ToolInputError(
                f"'{part.strip()}' is no label with a name.",
                tool="name_speakers",
                hint='Write them like "SPEAKER_00=Ana, SPEAKER_01=Rui".',
            )
        pairs.append((match[1], match[2]))
    if not pairs:
        raise ToolInputError(
            "No name was given.",
            tool="name_speakers",
            hint='Write label and name, like "SPEAKER_00=Ana".',
        )
    return pairs


def _known(label: str, present: Sequence[str]) -> str:
    """Return the label that is meant; case and leading zeros do not matter."""

    def plain(text: str) -> str:
        return re.sub(r"\b0+(?=\d)", "", re.sub(r"[\s_-]+", " ", text.casefold())).strip()

    for one in present:
        if plain(one) == plain(label):
            return one
    close = difflib.get_close_matches(label.upper(), present, n=1, cutoff=0.5)
    did_you_mean = f" Did you mean {close[0]}?" if close else ""
    raise ToolInputError(
        f"There is no speaker '{label}'; found {', '.join(present)}.{did_you_mean}",
        tool="name_speakers",
        hint="Use one of these labels.",
    )


@tool(needs_model=True, suffix="speakers", claims=("times_inside", "speakers_as_asked"))
def identify_speaker(
    audio: Audio,
    reference_audio: list[Audio],
    names: str,
    num_speakers: NumSpeakers | None = None,
) -> SpeakerTurns:  # pyright: ignore[reportReturnType]
    """Find when known people speak, by recordings of their voices.

    Use it when there is a recording of each person with 3 s of speech or more. Voices that
    resemble none of them stay SPEAKER_00, SPEAKER_01 and so on. It is no proof of identity.

    Args:
        audio: A conversation of any length.
        reference_audio: One recording of each known person, in which only that person speaks.
        names: Their names in the same order, separated by commas.
        num_speakers: How many people speak in the conversation, 1 to 20; left out, it is found.
    """


@tool(needs_model=True, suffix="same-voice", claims=())
def verify_speaker(audio: Audio, reference_audio: Audio) -> Measurement:  # pyright: ignore[reportReturnType]
    """Measure whether the voice of a recording is that of a reference.

    Use it to compare two voices, one in each recording. It is a statistical comparison and no
    proof of identity; imitations and cloned voices can pass.

    Args:
        audio: Speech of one person.
        reference_audio: Speech of the person in question, 3 s or more.
    """


@tool(needs_model=True, suffix="", claims=("duration_kept", "shape_kept"))
def separate_speakers(audio: Audio, num_speakers: NumSpeakers | None = None) -> Mapping[str, Audio]:  # pyright: ignore[reportReturnType]
    """Make one recording for each speaker of a conversation.

    Use it to treat or hear each person alone. Every recording is as long as the original, with
    silence where the person does not speak, so that they stay in step. How talk at the same
    time is dealt with depends on the model; the reply says so.

    Args:
        audio: A conversation of any length, any rate and number of channels.
        num_speakers: How many people speak, 1 to 20; left out, it is found.
    """


def names_of(names: str, count: int) -> list[str]:
    """Return the names of reference recordings.

    Args:
        names: Separated by commas, as many as there are references.
        count: How many references there are.

    Raises:
        ToolInputError: There are more or fewer names, or one twice.
    """
    found = [name.strip() for name in re.split(r"[,;\n]", names) if name.strip()]
    if len(found) != count or len(set(found)) != count:
        raise ToolInputError(
            f"Found the names {', '.join(found) or 'of nobody'} for {count} reference recordings; "
            "expected a different name for each.",
            tool="identify_speaker",
            hint="Give one name for each recording, in the same order, separated by commas.",
        )
    return found
