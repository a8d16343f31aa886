"""Hesitations by their sound: somebody holds a vowel or a hum between two pauses.

A recogniser leaves such sounds out or writes a short word for them; the sound itself tells them
from words. While somebody looks for a word, tongue and pitch stand still: pitch moves by less than
two or three semitones and the spectral envelope hardly changes for 0.2 s and more, which no word
does between two pauses. Source: Goto, Itou & Hayamizu, "A real-time filled pause detection system
for spontaneous speech recognition" (Eurospeech 1999): small pitch transition and small spectral
envelope deformation. The limits were set on hesitations built from held vowels and on fluent
speech: 5 recordings of people in English, Italian and Russian, telephone prompts, and built-in
Portuguese voices, so that what is measured with two of these is not wholly held out.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Region, SoundEvent, Transcript, Word
from tonmeister.audio import Samples, Waveform
from tonmeister.models.silero import WINDOW as VAD_WINDOW
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.speech_pieces import SAMPLE_RATE, mono_16k
from tonmeister.models.voice_pitch import VOICED, pitch_track
from tonmeister.streaming import Audio
from tonmeister.tools.fillers import HESITATION, cut_between_pauses
from tonmeister.tools.pauses import loud_runs

__all__ = ["Held", "held_sounds", "hesitations", "word_at"]

Reals = NDArray[np.float64]

SHORTEST, LONGEST = 0.2, 1.5
"""Seconds a hesitation lasts."""

WINDOW, MARGIN = 8.0, 2.0
"""Seconds that are compared with each other to tell sound from quiet, and how far into them a
sound must lie, as far as there is any more."""

HOP = 160
SPECTRUM_LENGTH, PITCH_LENGTH = 640, 800
N_FFT = 1024
"""Samples at 16 kHz: values every 10 ms, from 40 ms for the envelope and 50 ms for the pitch."""

BANDS, LOWEST_HZ, HIGHEST_HZ = 24, 100.0, 3800.0
"""Mel bands of the envelope; a telephone has them, too."""

COEFFICIENTS = slice(1, 13)
SLOPE_REACH = 5
"""Hops to either side over which a change is measured."""

EDGE = 3
"""Hops at both ends of a sound that are not judged: voices rise and fall there."""

STILL = 60.0
"""Change of the envelope a second below which it stands still (norm of 12 cepstral coefficients of
natural logarithms); in words it is 80 to 170."""

LEAST_STILL = 0.33
"""Share of a sound that stands still: an "um" moves once, from the vowel to the hum."""

ALL_STILL = 0.75
LEAST_VOICED = 0.85
WIDEST_SEMITONES = 2.5
"""Between the 10th and the 90th percentile of the pitch."""

STEEPEST_SEMITONES = 9.0
"""Rise or fall of the pitch a second."""

LISTENED = 1.0
"""Seconds before a sound that the detector hears as well."""

LEAST_SPEECH = 0.6
"""Highest probability of speech in it: a telephone's beep holds still, too, and stays below 0.45.
A vowel without end loses probability, so the mean says less."""

CONTEXT, NEIGHBOURS = 5.0, 2
"""Seconds that are read again on either side of a sound, and the words before and after a doubtful
one that must be heard again."""

OVERLAP = 0.5
"""Share of a word, or of the sound, that makes the word one that may be the sound."""

ELSEWHERE = 0.1
"""Seconds of other sound within a word's times from which the word is that sound."""

WRITTEN_AS: Mapping[str, str] = {
    "en": "a ah oh uh um er the and huh hm hmm mm m eh erm em hum",
    "pt": "a à ah o oh e é eh um hum hã ã ahn uh em hm hmm m ó ai uma",
    "es": "a ah e eh o oh em un y hm hmm m mm",
    "fr": "a à ah e eh euh un en heu oh hum on hein m hm",
    "it": "a ah e è eh o oh un hm hmm m ehm",
    "de": "a ah ä äh eh öh er ähm hm hmm m mm",
    "nl": "a ah e eh uh een er hm hmm m mm",
}
"""What a recogniser writes for a held sound: fillers, articles and the like, no content words."""

GLIDES: Mapping[str, str] = {"pt": "eu ao", "en": "i oh", "es": "yo", "fr": "", "it": "io"}
"""Words that it writes, too, but that move when they are said: only for sounds all of which stand
still."""

NUMBERS = (
    "one two three zero dois duas três quatro uno dos tres due tre deux trois ein eins zwei drei "
    "een twee drie"
)
"""Beside one of them "um" and "a" are counted or spelled."""


@dataclass(frozen=True, slots=True)
class Held:
    """A voiced sound between pauses that hardly moves.

    Attributes:
        start: Seconds.
        end: Seconds.
        still: Share of it in which the envelope stands still, 0.0 to 1.0.
    """

    start: float
    end: float
    still: float


def hesitations(
    audio: Audio,
    transcript: Transcript,
    regions: Sequence[Region],
    detector: SpeechDetector,
    read: Callable[[Samples], list[str]],
) -> list[SoundEvent]:
    """Find held sounds between pauses that stand for no word of a transcript.

    Where the times of a word lie on such a sound, the seconds around it are read again without
    it: when the word is still heard, the sound was not the word.

    Args:
        audio: The recording; it is read in places.
        transcript: What is said in it, with word times.
        regions: Stretches with speech, both ends given.
        detector: Tells speech from beeps.
        read: Returns the words in some seconds of mono at 16 kHz.

    Returns:
        What may be cut, pauses included as ``KEPT_PAUSE`` says, in order of time.
    """
    words = [word for segment in transcript.segments for word in segment.words]
    events: list[SoundEvent] = []
    for held in _held_voices(audio, regions, detector):
        index = word_at(held, words, transcript.language, _runs_near(audio, held))
        if index is not None and not _said_without(audio, held, words, index, read):
            continue
        event = cut_between_pauses(audio, held.start, held.end, HESITATION, round(held.still, 3))
        if event is not None and (not events or event.start >= events[-1].end):
            events.append(event)
    return events


def _held_voices(
    audio: Audio, regions: Sequence[Region], detector: SpeechDetector
) -> Iterator[Held]:
    """Yield the held sounds of a recording that are a voice's, with times in the recording."""
    for region in regions:
        samples = mono_16k(audio, region)
        for held in held_sounds(samples):
            if _speech(samples, held, detector):
                yield Held(held.start + region.start, held.end + region.start, held.still)


def _said_without(
    audio: Audio,
    held: Held,
    words: Sequence[Word],
    index: int,
    read: Callable[[Samples], list[str]],
) -> bool:
    """Say whether a word and its neighbours are still heard when a sound is cut out."""
    begin, end = max(0.0, held.start - CONTEXT), min(audio.duration, held.end + CONTEXT)
    samples = np.concatenate(
        [
            mono_16k(audio, Region(begin, held.start)),
            mono_16k(audio, Region(held.end, end)),
        ]
    )
    near = words[max(0, index - NEIGHBOURS) : index + NEIGHBOURS + 1]
    wanted = [_plain(word.text) for word in near if begin < word.start and word.end < end]
    heard = [plain for word in read(samples) if (plain := _plain(word))]
    spans = range(len(heard) - len(wanted) + 1)
    return any(heard[first : first + len(wanted)] == wanted for first in spans)


def held_sounds(samples: Samples) -> Iterator[Held]:
    """Yield voiced sounds between pauses whose pitch and envelope hardly move.

    Args:
        samples: Mono at 16 kHz, of shape ``(frames,)``.
    """
    step = WINDOW - 2 * MARGIN
    duration = len(samples) / SAMPLE_RATE
    begin = 0.0
    while begin < duration:
        part = samples[round(begin * SAMPLE_RATE) : round((begin + WINDOW) * SAMPLE_RATE)]
        first = 0.0 if begin == 0.0 else MARGIN
        last = WINDOW if begin + WINDOW >= duration else WINDOW - MARGIN
        for start, end in loud_runs(Waveform(part[None], SAMPLE_RATE)):
            if not first <= (start + end) / 2 < last or not SHORTEST <= end - start <= LONGEST:
                continue
            sound = part[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
            still = _stillness(sound)
            if still >= LEAST_STILL:
                yield Held(begin + start, begin + end, still)
        if begin + WINDOW >= duration:
            return
        begin += step


def word_at(
    held: Held, words: Sequence[Word], language: str | None, runs: Sequence[tuple[float, float]]
) -> int | None:
    """Return the index of the word that a held sound may be, None when it is no word.

    Args:
        held: The sound.
        words: Of a transcript, with times, in order.
        language: Language of the transcript.
        runs: Stretches of sound around it, the held one included.
    """
    first = bisect_left(words, held.start, key=lambda word: word.end)
    for index in range(first, len(words)):
        word = words[index]
        if word.start >= held.end:
            return None
        shared = min(held.end, word.end) - max(held.start, word.start)
        if shared < OVERLAP * min(held.end - held.start, max(word.end - word.start, 0.02)):
            continue
        if _is_filling(_plain(word.text), language, held.still):
            beside = [*words[max(0, index - 1) : index], *words[index + 1 : index + 2]]
            if any(_is_counted(_plain(one.text)) for one in beside):
                return index
        elif not _sounds_elsewhere(word, held, runs):
            return index
    return None


def _is_filling(word: str, language: str | None, still: float) -> bool:
    """Say whether a word is what a recogniser writes for a held sound."""
    shortest = re.sub(r"(.)\1+", r"\1", word)  # "ehh", "hmmm"
    if not {word, shortest}.isdisjoint(WRITTEN_AS.get(language or "", "hm m").split()):
        return True
    return still >= ALL_STILL and word in GLIDES.get(language or "", "").split()


def _is_counted(word: str) -> bool:
    """Say whether a word is a number or a spelled letter."""
    spelled = len(word) == 1 and word not in "aeiouyéèàãóáíúm"
    return spelled or word.isdigit() or word in NUMBERS.split()


def _sounds_elsewhere(word: Word, held: Held, runs: Sequence[tuple[float, float]]) -> bool:
    """Say whether the times of a word hold another sound than the held one."""
    heard = 0.0
    for start, end in runs:
        if start < held.end and held.start < end:
            continue
        heard += max(0.0, min(end, word.end) - max(start, word.start))
    return heard >= ELSEWHERE


def _runs_near(audio: Audio, held: Held) -> list[tuple[float, float]]:
    begin = max(0.0, held.start - WINDOW / 2)
    sound = audio.read(begin, min(audio.duration, held.end + WINDOW / 2))
    return [(start + begin, end + begin) for start, end in loud_runs(sound)]


def _speech(samples: Samples, held: Held, detector: SpeechDetector) -> bool:
    """Say whether a sound is somebody's voice, heard together with what is before it."""
    first = max(0, round((held.start - LISTENED) * SAMPLE_RATE))
    part = samples[first : round(held.end * SAMPLE_RATE)]
    found = np.concatenate(list(detector.probabilities([Waveform(part[None], SAMPLE_RATE)])))
    count = max(1, round((held.end - held.start) * SAMPLE_RATE / VAD_WINDOW))
    return float(np.max(found[-count:])) >= LEAST_SPEECH


def _stillness(sound: Samples) -> float:
    """Return the share of a sound that stands still; 0.0 when its pitch is no hesitation's."""
    pitches, strengths = pitch_track(_frames(sound, PITCH_LENGTH), SAMPLE_RATE)
    voiced = strengths > VOICED
    if voiced.mean() < LEAST_VOICED or not voiced.any():
        return 0.0
    semitones = 12.0 * np.log2(pitches[voiced])
    low, high = np.percentile(semitones, [10, 90])
    times = np.arange(len(semitones)) * HOP / SAMPLE_RATE
    fall = float(np.polyfit(times, semitones, 1)[0])
    if high - low > WIDEST_SEMITONES or abs(fall) > STEEPEST_SEMITONES:
        return 0.0
    changes = _changes(sound)[EDGE:-EDGE]
    return float(np.mean(changes < STILL)) if len(changes) else 0.0


def _changes(sound: Samples) -> Reals:
    """Return how quickly the envelope changes, every 10 ms."""
    from scipy.fft import dct

    windowed = _frames(sound, SPECTRUM_LENGTH) * np.hanning(SPECTRUM_LENGTH)
    powers = np.abs(np.fft.rfft(windowed, N_FFT)) ** 2 @ _mel_bands().T
    cepstra = np.asarray(dct(np.log(powers + 1e-9), axis=1, norm="ortho"))[:, COEFFICIENTS]
    padded = np.pad(cepstra, ((SLOPE_REACH, SLOPE_REACH), (0, 0)), mode="edge")
    offsets = np.arange(-SLOPE_REACH, SLOPE_REACH + 1)
    last = len(cepstra)
    rise = sum(offset * padded[offset + SLOPE_REACH :][:last] for offset in offsets)
    seconds = float(np.sum(offsets**2)) * HOP / SAMPLE_RATE
    return np.linalg.norm(np.asarray(rise) / seconds, axis=1)


def _frames(sound: Samples, length: int) -> Reals:
    """Return frames every 10 ms, each centred on its time, of shape ``(count, length)``."""
    padded = np.pad(sound.astype(np.float64), (length // 2, length // 2))
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::HOP]


@cache
def _mel_bands() -> Reals:
    """Return triangular bands, of shape ``(bands, N_FFT // 2 + 1)``."""
    low, high = (1127.0 * np.log1p(edge / 700.0) for edge in (LOWEST_HZ, HIGHEST_HZ))
    edges = 700.0 * np.expm1(np.linspace(low, high, BANDS + 2) / 1127.0)
    centres = np.fft.rfftfreq(N_FFT, 1.0 / SAMPLE_RATE)
    rising = (centres - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - centres) / (edges[2:] - edges[1:-1])[:, None]
    return np.clip(np.minimum(rising, falling), 0.0, None)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())
