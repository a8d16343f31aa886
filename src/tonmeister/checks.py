"""Post-conditions: cheap measurements after a step that its claim holds.

Tools name their claims; each check compares facts that were measured while the result was
written. What cannot be measured is reported as not checked, never as passed.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tonmeister.artifacts import (
    Measurement,
    SoundEvents,
    SpeakerTurns,
    SpeechRegions,
    Transcript,
)

__all__ = ["CHECKS", "Finding", "StepFacts", "check_step", "word_error_rate"]

SILENT_DB = -70.0
LOUDNESS_TOLERANCE_LU = 0.5
UNSPACED = frozenset({"ja", "km", "lo", "my", "th", "zh"})  # written without spaces
SHORT = 3  # letters of units, titles and numerals ("km", "Sr", "XIX"), which are said in words
_SAID_OTHERWISE = re.compile(
    rf"\d[\d.,:/]*\s?(?:[^\W\d]{{1,{SHORT}}}\b)?"  # a number with its unit
    rf"|\b[A-Z][^\W\d]{{0,{SHORT - 1}}}\.(?=\s*[A-Z\d])"  # a title, or "No. 5"
    rf"|\b[IVXLCDM]{{2,}}\b|\b[A-Z]{{1,{SHORT}}}(?=\$)"  # a numeral, a currency
)
SPOKEN_TOLERANCE = 0.34  # word error rate up to which a text counts as said


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What checks may look at.

    Attributes:
        arguments: Arguments of the step, defaults filled in.
        inputs: Facts of the first recording that went in, its region applied; empty without one.
        output: Facts of the result.
        value: The result itself when it is small and structured, else None.
    """

    arguments: Mapping[str, Any]
    inputs: Mapping[str, Any]
    output: Mapping[str, Any]
    value: object = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Outcome of a check.

    Attributes:
        claim: Name of the check.
        passed: Whether the claim holds; None when it could not be measured.
        finding: What was measured, in a few words.
    """

    claim: str
    passed: bool | None
    finding: str


Check = Callable[[StepFacts], tuple[bool | None, str]]


def _audible(facts: StepFacts) -> tuple[bool | None, str]:
    if "peak_db" not in facts.output:
        return None, "level unknown"
    peak_db = facts.output["peak_db"]
    if peak_db is None:
        return False, "the result is silent"
    return peak_db > SILENT_DB, f"peak {peak_db:.1f} dBFS"


def _unclipped(facts: StepFacts) -> tuple[bool | None, str]:
    if "peak_db" not in facts.output:
        return None, "level unknown"
    peak_db = facts.output["peak_db"]
    if peak_db is None:
        return True, "silent"
    return peak_db <= 0.01, f"peak {peak_db:.1f} dBFS"


def _duration_near(facts: StepFacts, expected: float | None) -> tuple[bool | None, str]:
    found = facts.output.get("duration")
    if found is None or expected is None:
        return None, "length unknown"
    tolerance = max(0.05, 0.002 * expected)
    return abs(found - expected) <= tolerance, f"{found:.2f} s for {expected:.2f} s"


def _duration_kept(facts: StepFacts) -> tuple[bool | None, str]:
    return _duration_near(facts, facts.inputs.get("duration"))


def _duration_scaled(facts: StepFacts) -> tuple[bool | None, str]:
    duration, factor = facts.inputs.get("duration"), facts.arguments.get("factor")
    return _duration_near(facts, duration / factor if duration and factor else None)


def _duration_is_range(facts: StepFacts) -> tuple[bool | None, str]:
    total = facts.inputs.get("duration")
    if total is None:
        return None, "length unknown"
    start, end = facts.arguments.get("start") or 0.0, facts.arguments.get("end")
    return _duration_near(facts, min(total, total if end is None else end) - start)


def _duration_as_asked(facts: StepFacts) -> tuple[bool | None, str]:
    """Compare with the length asked for; without one, any length is right."""
    asked, found = facts.arguments.get("duration"), facts.output.get("duration")
    if asked is None and found is not None:
        return True, f"{found:.2f} s, no length asked for"
    return _duration_near(facts, asked)


def _shape_kept(facts: StepFacts) -> tuple[bool | None, str]:
    shape = [
        (each.get("sample_rate"), each.get("num_channels")) for each in (facts.inputs, facts.output)
    ]
    if None in shape[0]:
        return None, "rate and channels unknown"
    return shape[0] == shape[1], f"{shape[1][0]} Hz, {shape[1][1]} channels"


def _loudness_reached(facts: StepFacts) -> tuple[bool | None, str]:
    found, wanted = facts.output.get("loudness_lufs"), facts.arguments.get("target_lufs")
    if found is None or wanted is None:
        return None, "too short to measure"
    return abs(found - wanted) <= LOUDNESS_TOLERANCE_LU, f"{found:.1f} LUFS for {wanted:.1f}"


def _rate_is(facts: StepFacts) -> tuple[bool | None, str]:
    rate = facts.output.get("sample_rate")
    if rate is None:
        return None, "rate unknown"
    return rate == facts.arguments.get("sample_rate"), f"{rate} Hz"


def _rate_not_lowered(facts: StepFacts) -> tuple[bool | None, str]:
    before, after = facts.inputs.get("sample_rate"), facts.output.get("sample_rate")
    if before is None or after is None:
        return None, "rate unknown"
    return after >= before, f"{after} Hz"


def _opinion_in_range(facts: StepFacts) -> tuple[bool | None, str]:
    """A mean opinion lies between 1 and 5 (ITU-T P.835); outside, what was heard is no speech."""
    values = facts.value.values if isinstance(facts.value, Measurement) else {}
    scores = [
        value
        for name, value in values.items()
        if name.endswith("_mos") and isinstance(value, (int, float))
    ]
    if not scores:
        return None, "no speech was rated"
    return all(1.0 <= score <= 5.0 for score in scores), f"{min(scores):.1f} to {max(scores):.1f}"


def _is_mono(facts: StepFacts) -> tuple[bool | None, str]:
    return facts.output.get("num_channels") == 1, f"{facts.output.get('num_channels')} channel"


def _is_stereo(facts: StepFacts) -> tuple[bool | None, str]:
    return facts.output.get("num_channels") == 2, f"{facts.output.get('num_channels')} channels"


def _file_not_empty(facts: StepFacts) -> tuple[bool | None, str]:
    size = facts.output.get("size", 0)
    if size == 0 and facts.inputs.get("num_words") == 0:
        return True, "0 bytes, as the transcript has no words"
    return size > 0, f"{size} bytes"


def _times_inside(facts: StepFacts) -> tuple[bool | None, str]:
    total = facts.inputs.get("duration")
    spans = [(each.start, each.end) for each in _timed(facts.value)]
    if total is None:
        return None, "length unknown"
    ordered = all(start <= (end or start) for start, end in spans)
    inside = all(start >= 0.0 and (end or 0.0) <= total + 0.1 for start, end in spans)
    return ordered and inside, f"{len(spans)} times within {total:.1f} s"


def _timing_kept(facts: StepFacts) -> tuple[bool | None, str]:
    """Compare the length, and of transcripts the number of segments, with the input's."""
    kept, found = _duration_near(facts, facts.inputs.get("duration"))
    before, after = facts.inputs.get("num_segments"), facts.output.get("num_segments")
    if kept and before is not None and after is not None:
        return before == after, f"{after} of {before} segments, {found}"
    return kept, found


def _translated_whole(facts: StepFacts) -> tuple[bool | None, str]:
    """Compare numbers of words: a third, or more than twice as many, are not the same text."""
    text = facts.arguments.get("text")
    before = facts.inputs.get("num_words")
    if before is None and isinstance(text, str) and not facts.inputs:
        before = len(text.split())
    after = facts.output.get("num_words")
    if before is None or after is None or facts.arguments.get("language") in UNSPACED:
        return None, "number of words unknown"
    slack = 3 + before  # a word or two may become five
    return before <= 3 * after + 3 and after <= 2 * slack, f"{after} words for {before}"


def _timed(value: object) -> Sequence[Any]:
    if isinstance(value, Transcript):
        return value.segments
    if isinstance(value, SpeechRegions):
        return value.regions
    if isinstance(value, SpeakerTurns):
        return value.turns
    return value.events if isinstance(value, SoundEvents) else ()


def _speakers_as_asked(facts: StepFacts) -> tuple[bool | None, str]:
    wanted = facts.arguments.get("num_speakers")
    if not isinstance(facts.value, SpeakerTurns):
        return None, "no speaker turns"
    found = len(facts.value.speakers)
    if wanted is None:
        return True, f"{found} speakers; any number was welcome"
    return found == wanted, f"{found} speakers for {wanted}"


def _says_the_text(facts: StepFacts) -> tuple[bool | None, str]:
    """Compare the text with what a transcription of the result understood."""
    heard, text = facts.output.get("heard"), facts.arguments.get("text")
    if heard is None:
        return None, "not transcribed back"
    if not isinstance(text, str):
        return None, "the text of a document is not compared"
    written = _without_marks(text)
    if sum(map(_is_wide, written)) > sum(map(str.isalpha, written)) / 2:
        return None, "Chinese and Japanese have many ways to write a sound, and are not compared"
    # What is written "24/11" is said in words: then only the words that stand there are looked for.
    if any(map(str.isdigit, written)):
        rate = _share_missing(written, heard)
    else:
        rate = word_error_rate(written, heard)
    if rate is None:
        return None, "a text of numbers alone is not compared"
    return (
        rate <= SPOKEN_TOLERANCE,
        f"transcribed back: {100 * (1 - min(1.0, rate)):.0f} % of words",
    )


def _without_marks(text: str) -> str:
    """Leave out what is not said of a text: pauses, pronunciations, who speaks."""
    text = re.sub(r"\[\s*(?:pause|pausa)\s[^\]]*\]", " ", text, flags=re.IGNORECASE)
    text = re.sub(r"\{([^{}|\n]+)\|\s*/[^/{}\n]+/\s*\}", r"\1", text)
    return re.sub(r"^\s*[A-Z][A-Z\d _-]*:\s", "", text, flags=re.MULTILINE)


def _is_wide(letter: str) -> bool:
    return "\u3040" <= letter <= "\u9fff" and letter.isalpha()


def _unknown(facts: StepFacts) -> tuple[bool | None, str]:
    return None, "there is no such check"


CHECKS: Mapping[str, Check] = {
    "audible": _audible,
    "duration_as_asked": _duration_as_asked,
    "duration_is_range": _duration_is_range,
    "duration_kept": _duration_kept,
    "duration_scaled": _duration_scaled,
    "file_not_empty": _file_not_empty,
    "is_mono": _is_mono,
    "is_stereo": _is_stereo,
    "loudness_reached": _loudness_reached,
    "opinion_in_range": _opinion_in_range,
    "rate_is": _rate_is,
    "rate_not_lowered": _rate_not_lowered,
    "says_the_text": _says_the_text,
    "shape_kept": _shape_kept,
    "speakers_as_asked": _speakers_as_asked,
    "times_inside": _times_inside,
    "timing_kept": _timing_kept,
    "translated_whole": _translated_whole,
    "unclipped": _unclipped,
}


def check_step(claims: Sequence[str], facts: StepFacts) -> list[Finding]:
    """Measure every claim of a step.

    Invalid samples are always looked for, claimed or not.

    Args:
        claims: Names of checks.
        facts: What was measured.
    """
    findings = [Finding(claim, *CHECKS.get(claim, _unknown)(facts)) for claim in claims]
    bad = facts.output.get("num_bad_samples", 0)
    if bad:
        findings.append(Finding("finite", False, f"{bad} invalid samples were set to zero"))
    return findings


def word_error_rate(reference: str, hypothesis: str) -> float:
    """Return the word error rate: edits per reference word (Levenshtein distance over words).

    Case, punctuation and accents are ignored.

    Args:
        reference: What should have been said.
        hypothesis: What was understood.
    """
    wanted, heard = _words(reference), _words(hypothesis)
    if not wanted:
        return 0.0 if not heard else 1.0
    row = list(range(len(heard) + 1))
    for index, word in enumerate(wanted, start=1):
        previous, row[0] = row[0], index
        for column, other in enumerate(heard, start=1):
            cost = previous + (word != other)
            previous, row[column] = row[column], min(cost, row[column] + 1, row[column - 1] + 1)
    return row[-1] / len(wanted)


def _share_missing(reference: str, hypothesis: str) -> float | None:
    """Return the share of words that were not understood, in their order.

    Digits are said in words, and so are units beside them, titles and numerals: those are not
    looked for. All other words are, however short.
    """
    wanted = _words(_SAID_OTHERWISE.sub(" ", reference))
    wanted = [word for word in wanted if word.isalpha()]
    matcher = difflib.SequenceMatcher(None, wanted, _words(hypothesis), autojunk=False)
    found = sum(block.size for block in matcher.get_matching_blocks())
    return 1.0 - found / len(wanted) if wanted else None


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"\w+", plain)
