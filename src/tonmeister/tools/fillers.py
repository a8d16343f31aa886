"""Fillers such as um and hã: which words they are, where they lie, how they are cut out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from tonmeister.artifacts import SoundEvent, Transcript, Word
from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio
from tonmeister.tools.pauses import levels_db, loud_runs, quietest

__all__ = [
    "FILLERS",
    "cut_between_pauses",
    "doubtful_words",
    "filler_events",
    "fillers_of",
    "without",
]

FILLERS: Mapping[str, str] = {
    "en": "um umm uhm uh uhh er err erm hm hmm mm mmm",
    "pt": "é éé ééé eh ahn ahm hã hãn hum hmm hm uhm uh",
    "es": "eh em ehm mm mmm hmm uh uhm",
    "fr": "euh heu hum hmm mm",
    "it": "ehm eh mm mmm hmm uhm",
    "de": "äh ähm öh öhm hm hmm mhm",
    "nl": "eh ehm uh uhm hm hmm",
}
"""Spellings a recogniser may give them. "Um" is an article in Portuguese and "er" a pronoun in
German: a filler is one in its language only."""

ANYWHERE = "hm hmm mmm uhm"
AMBIGUOUS = frozenset({"é", "eh", "hum", "er", "err"})
"""Also words of their language ("é" is "is"): fillers only between two pauses."""

HESITATION = "hesitation"
"""Label of a filler that was found by its sound alone."""

PAUSE = 0.1
"""Seconds of quiet before and after that set an ambiguous word apart."""

LONGEST = 1.5
"""A filler lasts no longer, in seconds; what does is not cut."""

UNSURE = 0.65
SHORT = 0.8
"""Probability and seconds below which a word between pauses may be a filler misheard."""

REACH = 0.35
"""Seconds around the times of a word within which its sound is looked for."""

VICINITY = 5.0
FAINT_DB = 35.0
"""Decibels below the loudest 10 ms within so many seconds, beyond which nothing is heard."""

KEPT_PAUSE = 0.15
"""Seconds of quiet that stay on either side, as far as they are there."""

CROSSFADE = 0.012
"""Seconds over which a joint is faded: longer than a period of the deepest voice, so that nothing
clicks."""


def fillers_of(language: str | None, given: str | None) -> list[tuple[str, ...]]:
    """Return what counts as a filler, each as its words.

    Args:
        language: Language of the recording.
        given: Fillers named by the user, separated by commas; None for those of the language.
    """
    if given is not None:
        named = [_plain(part) for part in given.split(",")]
    else:
        named = FILLERS.get(language or "", ANYWHERE).split()
    return [tuple(part.split()) for part in named if part]


def filler_events(
    audio: Audio,
    transcript: Transcript,
    fillers: Sequence[tuple[str, ...]],
    *,
    only_apart: bool = False,
) -> list[SoundEvent]:
    """Find the fillers of a transcript and where their sound begins and ends.

    Args:
        audio: The recording.
        transcript: What is said, with word times; words without times are not looked at.
        fillers: From ``fillers_of``.
        only_apart: Take only those between two pauses.
    """
    words = [word for segment in transcript.segments for word in segment.words]
    plain = [_plain(word.text) for word in words]
    wanted = set(fillers)
    longest = max((len(filler) for filler in fillers), default=0)
    events: list[SoundEvent] = []
    index = 0
    while index < len(words):
        for count in range(min(longest, len(words) - index), 0, -1):
            if tuple(plain[index : index + count]) in wanted:
                event = _located(audio, words, index, count, only_apart=only_apart)
                if event is not None and (not events or event.start >= events[-1].end):
                    events.append(event)
                index += count - 1
                break
        index += 1
    return events


def doubtful_words(
    audio: Audio, transcript: Transcript, events: Sequence[SoundEvent]
) -> list[Word]:
    """Find short single words between pauses that the recogniser was unsure of.

    Fillers it does not know are heard as such words ("Thumb," for "um"); so are rare names.

    Args:
        audio: The recording.
        transcript: What is said, with word times.
        events: Fillers that were found; they are left out.
    """
    words = [word for segment in transcript.segments for word in segment.words]
    found: list[Word] = []
    for index, word in enumerate(words):
        unsure = word.probability is not None and word.probability < UNSURE
        known = any(event.start < word.end and word.start < event.end for event in events)
        if unsure and not known and word.end - word.start <= SHORT:
            event = _located(audio, words, index, 1, only_apart=True)
            if event is not None and event.end - event.start <= SHORT + 2 * REACH:
                found.append(word)
    return found


def cut_between_pauses(
    audio: Audio, start: float, end: float, label: str, score: float
) -> SoundEvent | None:
    """Return what to cut with a sound between two pauses; None when no pauses are there.

    Args:
        audio: The recording.
        start: Where the sound begins, in seconds.
        end: Where it ends.
        label: What it is called.
        score: How sure that is, 0.0 to 1.0.
    """
    from_time = max(0.0, start - 2 * REACH)
    to_time = min(audio.duration, end + 2 * REACH)
    sound = audio.read(from_time, to_time)
    runs = [(one + from_time, other + from_time) for one, other in loud_runs(sound)]
    inside = [run for run in runs if run[0] < end and start < run[1]]
    if len(inside) != 1 or not _apart(inside[0], runs, from_time, to_time, audio.duration):
        return None
    if inside[0][0] < start - PAUSE or inside[0][1] > end + PAUSE:
        return None  # more is said without a pause
    first, last = _with_pauses(inside[0], runs, from_time, to_time)
    if not 0.0 < last - first <= LONGEST + 2 * REACH:
        return None
    return SoundEvent(round(first, 3), round(last, 3), label, score)


def without(audio: Audio, events: Sequence[SoundEvent]) -> Audio:
    """Cut events out, with a short cross-fade at every joint.

    Args:
        audio: The recording; it is read in places.
        events: In order of time, not overlapping.
    """
    bounds = [0.0, *(time for event in events for time in (event.start, event.end)), audio.duration]
    kept = [span for span in zip(bounds[::2], bounds[1::2], strict=True) if span[1] > span[0]]
    rate = audio.sample_rate
    fade = round(CROSSFADE * rate)
    lengths = [round(end * rate) - round(start * rate) for start, end in kept]
    total = sum(lengths) - sum(min(fade, *pair) for pair in pairwise(lengths))
    blocks = _joined(audio, kept, fade)
    return Audio.from_blocks(blocks, rate, audio.num_channels, max(0, total))


def _joined(audio: Audio, kept: Sequence[tuple[float, float]], fade: int) -> Iterator[Waveform]:
    rate = audio.sample_rate
    tail: Samples = np.zeros((audio.num_channels, 0), np.float32)
    for index, (start, end) in enumerate(kept):
        first, last = round(start * rate), round(end * rate)
        following = kept[index + 1] if index + 1 < len(kept) else None
        held = 0
        if following is not None:
            held = min(fade, last - first, round(following[1] * rate) - round(following[0] * rate))
        faded = tail.shape[1]
        part = audio.part(start, end)
        rest: Samples = np.zeros((audio.num_channels, 0), np.float32)
        position = 0
        for block in part.blocks():
            samples = block.samples
            if position < faded:
                samples = samples.copy()
                count = min(faded - position, samples.shape[1])
                ramp = (np.arange(position, position + count) + 0.5) / faded
                samples[:, :count] *= ramp.astype(np.float32)
                samples[:, :count] += tail[:, position : position + count] * (1 - ramp).astype(
                    np.float32
                )
            position += samples.shape[1]
            samples = np.concatenate([rest, samples], axis=1)
            cut = max(0, samples.shape[1] - held)
            rest = samples[:, cut:]
            if cut:
                yield Waveform(np.ascontiguousarray(samples[:, :cut]), rate)
        tail = rest


def _located(
    audio: Audio, words: Sequence[Word], index: int, count: int, *, only_apart: bool = False
) -> SoundEvent | None:
    """Return the span to cut for some words, or None where they must stay."""
    first, last = words[index], words[index + count - 1]
    if not _sounds(audio, first.start, last.end):
        return None  # the recogniser made it up
    label = " ".join(_plain(word.text) for word in words[index : index + count])
    before = words[index - 1].end if index else 0.0
    after = words[index + count].start if index + count < len(words) else audio.duration
    from_time = max(0.0, first.start - 2 * REACH)
    to_time = min(audio.duration, last.end + 2 * REACH)
    sound = audio.read(from_time, to_time)
    runs = [(start + from_time, end + from_time) for start, end in loud_runs(sound)]
    middle = (first.start + last.end) / 2
    run = min(runs, key=lambda one: max(one[0] - middle, middle - one[1], 0.0), default=None)
    if run is None or run[1] < first.start - 0.1 or run[0] > last.end + 0.1:
        return None
    apart = _apart(run, runs, from_time, to_time, audio.duration)
    if apart and _fits(run, first.start, last.end):
        start, end = _with_pauses(run, runs, from_time, to_time)
    elif only_apart or label in AMBIGUOUS:
        return None
    else:
        start = _quiet_place(audio, max(before, first.start - 0.08), first.start + 0.04)
        end = _quiet_place(audio, last.end - 0.04, min(max(after, last.end), last.end + 0.12))
    if not 0.0 < end - start <= LONGEST + 2 * REACH:
        return None
    scores = [word.probability for word in words[index : index + count]]
    known = [score for score in scores if score is not None]
    return SoundEvent(round(start, 3), round(end, 3), label, round(min(known, default=1.0), 3))


def _apart(
    run: tuple[float, float],
    runs: Sequence[tuple[float, float]],
    from_time: float,
    to_time: float,
    duration: float,
) -> bool:
    """Say whether quiet lies on both sides of a run; the ends of the recording are quiet."""
    ends = [other[1] for other in runs if other[1] <= run[0]]
    starts = [other[0] for other in runs if other[0] >= run[1]]
    before = run[0] - max(ends, default=-1.0 if from_time <= 0.0 else from_time)
    after = min(starts, default=duration + 1.0 if to_time >= duration else to_time) - run[1]
    return min(before, after) >= PAUSE


def _fits(run: tuple[float, float], start: float, end: float) -> bool:
    """Say whether a run can be the sound of the words, and nothing else."""
    return run[1] - run[0] <= min(LONGEST, end - start + 2 * REACH)


def _with_pauses(
    run: tuple[float, float], runs: Sequence[tuple[float, float]], from_time: float, to_time: float
) -> tuple[float, float]:
    """Widen a run so that of the quiet around it about ``KEPT_PAUSE`` stays on each side."""
    before = max((other[1] for other in runs if other[1] <= run[0]), default=from_time)
    after = min((other[0] for other in runs if other[0] >= run[1]), default=to_time)
    start = min(before + KEPT_PAUSE, (before + run[0]) / 2 if before < run[0] else run[0])
    end = max(after - KEPT_PAUSE, (after + run[1]) / 2 if after > run[1] else run[1])
    return start, end


def _sounds(audio: Audio, start: float, end: float) -> bool:
    """Say whether anything is heard at a word, compared with the seconds around it."""
    around = levels_db(audio.read(max(0.0, start - VICINITY), end + VICINITY))
    here = levels_db(audio.read(max(0.0, start - 0.1), end + 0.1))
    return len(here) > 0 and float(here.max()) >= float(around.max()) - FAINT_DB


def _quiet_place(audio: Audio, start: float, end: float) -> float:
    start = max(0.0, start)
    return start + quietest(audio.read(start, max(end, start)))


def _plain(text: str) -> str:
    """Return words in lower case without marks."""
    return " ".join(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.lower()))
