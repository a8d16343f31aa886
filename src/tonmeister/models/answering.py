"""Answers questions about a recording from what is measured in it.

There is no language model here: the question is read into one of a few forms, the facts come from
YAMNet, the transcript and the levels, and fixed sentences tell them with their times.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tonmeister.artifacts import Region, SoundEvent, SpeakerTurns, Text, Transcript, Word
from tonmeister.checkpoints import CheckpointCache
from tonmeister.errors import ToolInputError
from tonmeister.metering import LoudnessMeter
from tonmeister.models.answer_words import basis, clock, counted, listed, named, tell, times
from tonmeister.models.bursts import bursts
from tonmeister.models.captioning import NO_SOUNDS, sound_name
from tonmeister.models.sightings import CLEAR, MUSIC, SPEECH, VOICES, SoundFinder, regions_of
from tonmeister.models.sound_words import SOUND_WORDS, SoundClass, weights_of
from tonmeister.models.spleeter import SPLEETER, VoiceFromMusic
from tonmeister.models.spooling import Spool, remainder
from tonmeister.models.technical_answers import TECHNICAL, loudest_sound
from tonmeister.models.yamnet import Yamnet
from tonmeister.models.yamnet_network import SAMPLE_RATE
from tonmeister.questions import AudioQuestion, read_question
from tonmeister.sound_vocabulary import flat
from tonmeister.streaming import Audio
from tonmeister.tools.hearing import answer_about_audio
from tonmeister.toolspec import Card, model

__all__ = ["SoundAnswerer"]

EQUAL_LU = 1.0
"""Smaller differences of loudness are not told as one."""

IN_STEM = 0.15
"""Score from which a voice or music is heard in its own stem, where traces of others are."""

LEAST_ALONE = 0.4
"""Seconds of a sound alone that are needed to measure it, one block of the meter."""

MOST_SOUNDS = 6
_MARKS = re.compile('["“”«»]')


@model(
    answer_about_audio,
    card=Card(
        name="yamnet-answers",
        licence="Apache-2.0",
        checkpoint=SOUND_WORDS,
        memory_mb=400,
        speed=0.02,
        load_duration=2.0,
    ),
)
class SoundAnswerer:
    """Answers from YAMNet, transcripts, speaker turns and levels."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the tagger and the sentence encoder.

        Args:
            weights: Folder with the checkpoint's files; those of the stems may lie beside it.
            threads: CPU threads it may use.
        """
        self._weights = Path(weights or "")
        self._threads = threads
        self._finder = SoundFinder(self._weights)

    def __call__(
        self,
        audio: Audio,
        question: str,
        transcript: Transcript | None,
        turns: SpeakerTurns | None,
        language: str,
    ) -> Text:
        """Answer one question.

        Args:
            audio: Any recording that can be read again.
            question: One question in English or Portuguese.
            transcript: What is said, for questions about words.
            turns: Who speaks when, for the number of speakers.
            language: Language of the answer.

        Raises:
            ToolInputError: It is about words or speakers, and those are not given.
        """
        asked = read_question(question)
        if asked is None:
            return Text.plain(tell(language, "declined"), language)
        if asked.needs == "transcript" and transcript is None:
            raise ToolInputError(
                "A question about words needs the transcript; found none.",
                tool="answer_about_audio",
                hint="Transcribe the recording first and give its transcript.",
            )
        if asked.needs == "turns" and turns is None:
            raise ToolInputError(
                "How many people speak is told by the speaker turns; found none.",
                tool="answer_about_audio",
                hint="Find the speakers first (diarize) and give their turns.",
            )
        facts: Sequence[str] = basis(audio.duration, ())
        if transcript is not None and asked.needs == "transcript":
            said = _of_words(asked, transcript, language)
            facts = [*facts, *_passages(asked, transcript)]
        elif turns is not None and asked.needs == "turns":
            said = _of_speakers(turns, language)
        elif asked.subject:
            said, events = self._of_sounds(audio, asked, language)
            facts = basis(audio.duration, events)
        else:
            said = self._of_the_whole(audio, asked, language)
        return Text.plain(said, language, facts)

    def _of_the_whole(self, audio: Audio, asked: AudioQuestion, language: str) -> str:
        if asked.asks in TECHNICAL:
            return TECHNICAL[asked.asks](audio, language)
        if asked.asks == "loudest_sound":
            return self._loudest_sound(audio, language)
        if asked.asks == "how_long":
            return tell(language, "duration", seconds=f"{audio.duration:.1f}")
        if asked.asks == "how_loud":
            value = _loudness(audio, [Region(0.0, audio.duration)])
            if value is None:
                return tell(language, "unmeasured")
            return tell(language, "loudness", value=f"{value:.1f}")
        heard = self._surest(audio, language)
        return tell(language, "sounds", names=heard) if heard else tell(language, "nothing")

    def _surest(self, audio: Audio, language: str) -> str:
        highest = self._finder.highest(audio)
        order = sorted(highest, key=lambda label: -highest[label])
        return ", ".join(sound_name(label, language) for label in order[:MOST_SOUNDS])

    def _loudest_sound(self, audio: Audio, language: str) -> str:
        """Name what is heard at the loudest moment; what nobody knows is not passed over."""
        tagger = Yamnet()
        tagger.load(self._weights, self._threads)
        heard = tagger(audio.converted(SAMPLE_RATE, 1), CLEAR).events
        known = [one for one in heard if one.label not in NO_SOUNDS]
        return loudest_sound(audio, known, language)

    def _of_sounds(
        self, audio: Audio, asked: AudioQuestion, language: str
    ) -> tuple[str, list[SoundEvent]]:
        names = [name for name in (asked.subject, asked.other) if name]
        meant = [self._finder.meant(name, "answer_about_audio") for name in names]
        found = self._regions(audio, meant)
        events = [
            SoundEvent(one.start, one.end or one.start, f"“{name}”", 1.0)
            for name, regions in zip(names, found, strict=True)
            for one in regions
        ]
        if asked.asks in ("louder", "quieter"):
            return self._compared(audio, asked, meant, found, language), events
        regions, name = found[0], asked.subject
        if not regions:
            sentence = "no" if asked.asks == "is_there" else "none"
            return tell(language, sentence, sound=name), events
        return _ABOUT_SOUNDS[asked.asks](audio, name, regions, language), events

    def _compared(
        self,
        audio: Audio,
        asked: AudioQuestion,
        meant: Sequence[tuple[SoundClass, ...]],
        found: Sequence[list[Region]],
        language: str,
    ) -> str:
        """Compare two sounds by their stems, or where each is heard alone."""
        names = (asked.subject, asked.other)
        kinds = [_stem(one[0]) for one in meant]
        folder = CheckpointCache(self._weights.parent, offline=True).path(SPLEETER)
        if set(kinds) == {"voice", "music"} and folder is not None:
            voice = Spool(VoiceFromMusic(folder, self._threads).voice(audio))
            made = {"voice": voice, "music": Spool(remainder(audio, voice.audio()))}
            stems = [made[kind] for kind in kinds]
            # A voice that is hard to hear under music is heard in its own stem.
            found = [
                regions or self._sighted(stem.audio(), one)
                for regions, stem, one in zip(found, stems, meant, strict=True)
            ]
            values = [_loudness_of(stem.audio()) for stem in stems]
            how = tell(language, "by_stems")
        else:
            alone = [_without(found[0], found[1]), _without(found[1], found[0])]
            values = [_loudness(audio, regions) for regions in alone]
            parts = [times(language, regions) for regions in alone]
            how = tell(language, "by_times", first=parts[0], second=parts[1])
        for name, regions in zip(names, found, strict=True):
            if not regions:
                return tell(language, "none", sound=name)
        if values[0] is None or values[1] is None:
            return tell(language, "never_alone", sound=names[0], other=names[1])
        pairs = sorted(zip(values, names, strict=True), key=lambda pair: -(pair[0] or 0.0))
        (high, more), (low, less) = pairs
        difference = (high or 0.0) - (low or 0.0)
        sentence = "louder" if difference >= EQUAL_LU else "equal"
        facts = {"value": f"{high:.1f}", "other": f"{low:.1f}", "difference": f"{difference:.1f}"}
        return tell(language, sentence, more=more, less=less, how=how, **facts)

    def _sighted(self, audio: Audio, meant: tuple[SoundClass, ...]) -> list[Region]:
        """Return the whole of a stem in which its own sound is heard at all."""
        heard = self._finder.share(audio, frozenset(_weights(meant)), IN_STEM)
        duration = (audio.num_frames or 0) / audio.sample_rate
        return [Region(0.0, duration)] if heard else []

    def _regions(self, audio: Audio, meant: Sequence[tuple[SoundClass, ...]]) -> list[list[Region]]:
        """Return when each sound is heard."""
        heard = self._finder.evidence(audio, [_weights(one) for one in meant])
        return [regions_of(moments, audio.duration) for moments in heard]


def _weights(meant: Sequence[SoundClass]) -> dict[int, float]:
    """Return the classes of a sound; music and voices, also those that sing, are families."""
    best = meant[0]
    if best.label == "Music":
        return dict.fromkeys(MUSIC, 1.0)
    if best.index in SPEECH:
        return dict.fromkeys(VOICES, 1.0)
    return weights_of(meant)


def _stem(best: SoundClass) -> str:
    if best.index in VOICES:
        return "voice"
    return "music" if best.label == "Music" else ""


def _count(audio: Audio, name: str, regions: list[Region], language: str) -> str:
    single = bursts(audio, regions) or tuple(regions)
    told = times(language, single, ends=False)
    return tell(language, "count", sound=name, count=counted(language, len(single)), times=told)


def _when(audio: Audio, name: str, regions: list[Region], language: str) -> str:
    return tell(language, "when", sound=name, times=times(language, regions))


def _is_there(audio: Audio, name: str, regions: list[Region], language: str) -> str:
    return tell(language, "yes", sound=name, times=times(language, regions))


def _how_long(audio: Audio, name: str, regions: list[Region], language: str) -> str:
    seconds = f"{_total(regions):.1f}"
    return tell(language, "how_long", sound=name, seconds=seconds, times=times(language, regions))


def _how_much(audio: Audio, name: str, regions: list[Region], language: str) -> str:
    share = f"{100.0 * _total(regions) / max(audio.duration, 1e-9):.0f} %"
    return tell(language, "how_much", sound=name, share=share, times=times(language, regions))


def _how_loud(audio: Audio, name: str, regions: list[Region], language: str) -> str:
    value = _loudness(audio, regions)
    if value is None:
        return tell(language, "unmeasured")
    told = times(language, regions)
    return tell(language, "sound_loudness", sound=name, value=f"{value:.1f}", times=told)


_ABOUT_SOUNDS: Mapping[str, Callable[[Audio, str, list[Region], str], str]] = {
    "count": _count,
    "when": _when,
    "is_there": _is_there,
    "how_long": _how_long,
    "how_much": _how_much,
    "how_loud": _how_loud,
}


def _total(regions: Sequence[Region]) -> float:
    return sum((one.end or one.start) - one.start for one in regions)


def _without(regions: Sequence[Region], others: Sequence[Region]) -> list[Region]:
    """Return the parts of some regions in which none of the others is."""
    left = [(one.start, one.end or one.start) for one in regions]
    for other in others:
        begin, stop = other.start, other.end or other.start
        cut: list[tuple[float, float]] = []
        for start, end in left:
            cut += [(start, min(end, begin)), (max(start, stop), end)]
        left = [piece for piece in cut if piece[1] - piece[0] >= LEAST_ALONE]
    return [Region(round(start, 3), round(end, 3)) for start, end in left]


def _loudness(audio: Audio, regions: Sequence[Region]) -> float | None:
    """Return the loudness of some pieces of a recording together, in LUFS."""
    meter = LoudnessMeter(audio.sample_rate, audio.num_channels)
    for region in regions:
        for block in audio.part(region.start, region.end).blocks():
            meter.add(block)
    return meter.levels().loudness_lufs if regions else None


def _loudness_of(audio: Audio) -> float | None:
    meter = LoudnessMeter(audio.sample_rate, audio.num_channels)
    for block in audio.blocks():
        meter.add(block)
    return meter.levels().loudness_lufs


def _of_speakers(turns: SpeakerTurns, language: str) -> str:
    if not turns.speakers:
        return tell(language, "nobody")
    count = named(language, len(turns.speakers))
    return tell(language, "speakers", count=count, names=listed(language, turns.speakers))


def _of_words(asked: AudioQuestion, transcript: Transcript, language: str) -> str:
    if asked.asks == "language":
        if transcript.language is None:
            return tell(language, "nobody")
        return tell(language, "language", code=transcript.language)
    found = _said(transcript, asked.subject)
    if not found:
        return tell(language, "unsaid", words=asked.subject)
    count = counted(language, len(found))
    told = times(language, found, ends=False)
    return tell(language, "said", words=asked.subject, count=count, times=told)


def _passages(asked: AudioQuestion, transcript: Transcript) -> list[str]:
    """Return where the words of a question are said, with what is said around them."""
    found = _said(transcript, asked.subject)
    return [
        f"{clock(one.start)}–{clock(one.end)} said: “{' '.join(_MARKS.sub(' ', one.text).split())}”"
        for one in transcript.segments
        if any(one.start <= region.start < one.end for region in found)
    ]


def _said(transcript: Transcript, words: str) -> list[Region]:
    """Return where words are said one after the other; case and accents do not matter."""
    wanted = re.findall(r"\w+", flat(words))
    spoken: list[tuple[str, Region]] = []
    for segment in transcript.segments:
        parts = segment.words or (Word(segment.start, segment.end, segment.text),)
        spoken += [
            (one, Region(part.start, part.end))
            for part in parts
            for one in re.findall(r"\w+", flat(part.text))
        ]
    count = len(wanted)
    return [
        Region(spoken[at][1].start, spoken[at + count - 1][1].end)
        for at in range(len(spoken) - count + 1)
        if count and [one for one, _ in spoken[at : at + count]] == wanted
    ]
