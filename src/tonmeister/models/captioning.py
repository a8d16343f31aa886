"""Describes a recording in a sentence or two, from YAMNet's events and what is measured.

The sentences are fixed; only facts are filled in, so nothing is said that was not measured.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tonmeister.artifacts import Region, SoundEvent, Text, Transcript
from tonmeister.models.answer_words import basis, clock, listed, times
from tonmeister.models.audioset import FAMILIES
from tonmeister.models.yamnet import MUSIC_CLASSES, SPEECH_CLASSES, Yamnet
from tonmeister.models.yamnet_network import SAMPLE_RATE, YAMNET, Listener
from tonmeister.streaming import Audio, Feed
from tonmeister.tools.hearing import caption_audio
from tonmeister.tools.measuring import measure
from tonmeister.toolspec import Card, model

__all__ = ["SoundCaptioner", "sound_name"]

THRESHOLD = 0.3
MOST_SOUNDS = 5
MOST_TIMES = 3
THROUGHOUT = 0.6
"""Share of the recording from which a sound is told without times."""

SILENT_SHARE = 0.995
TOLD = 0.45
"""Score that a sound must reach once to be told: a sentence has no room for doubt."""

BELOW_PEAK = 10 ** (-40 / 20)
FRAME = 0.05
"""What stays 40 dB under the peak is background; YAMNet sees snakes and static in faint hiss."""

SHORT_DURATION, LOUD_SHARE = 2.0, 0.3
"""What lasts longer must be louder than that for a share of its time."""

NO_SOUNDS = frozenset({"White noise", "Pink noise", "Noise", "Static", "Sound effect", "Silence"})
BROAD = frozenset(
    {
        *("Animal", "Domestic animals, pets", "Livestock, farm animals, working animals"),
        *("Wild animals", "Vehicle", "Mechanisms", "Tools", "Hands", "Alarm"),
    }
)
"""Families too wide for their members to be one sound."""

# From which share of the time what is said of speech and music.
_SHARES: tuple[tuple[float, str, str], ...] = (
    (0.85, "almost all the time", "quase sempre"),
    (0.5, "most of the time", "a maior parte do tempo"),
    (0.15, "part of the time", "parte do tempo"),
    (0.0, "briefly", "por pouco tempo"),
)
_LANGUAGES: Mapping[str, tuple[str, str]] = {
    "en": ("English", "inglês"),
    "pt": ("Portuguese", "português"),
    "es": ("Spanish", "espanhol"),
    "fr": ("French", "francês"),
    "de": ("German", "alemão"),
    "it": ("Italian", "italiano"),
}
_NAMES = """
Laughter=risos; Baby cry, infant cry=choro de bebé; Crying, sobbing=choro; Cough=tosse
Sneeze=espirro; Applause=aplausos; Clapping=palmas; Cheering=aclamação; Crowd=multidão
Hubbub, speech noise, speech babble=burburinho; Walk, footsteps=passos; Screaming=gritos
Shout=grito; Snoring=ressonar; Breathing=respiração; Whistling=assobio; Whistle=apito
Dog=cão; Bark=ladrar; Howl=uivo; Growling=rosnar; Cat=gato; Meow=miado; Purr=ronronar
Horse=cavalo; Neigh, whinny=relincho; Moo=mugido; Cattle, bovinae=gado; Pig=porco; Sheep=ovelha
Goat=cabra; Bleat=balido; Crowing, cock-a-doodle-doo=canto de galo; Chicken, rooster=galinhas
Duck=pato; Quack=grasnar; Goose=ganso; Bird=pássaro; Animal=animal; Insect=insetos
Bird vocalization, bird call, bird song=canto de pássaros; Chirp, tweet=chilrear; Owl=coruja
Cricket=grilos; Frog=rã; Siren=sirene; Car=carro; Vehicle=veículo; Truck=camião; Bus=autocarro
Motorcycle=mota; Train=comboio; Aircraft=avião; Helicopter=helicóptero; Boat, Water vehicle=barco
Engine=motor; Vehicle horn, car horn, honking=buzina; Traffic noise, roadway noise=trânsito
Rain=chuva; Thunder=trovão; Thunderstorm=trovoada; Wind=vento; Water=água; Ocean=mar
Stream=ribeiro; Fire=fogo; Door=porta; Doorbell=campainha; Knock=bater à porta; Bell=sino
Telephone=telefone; Telephone bell ringing=telefone a tocar; Alarm=alarme; Clock=relógio
Alarm clock=despertador; Typing=escrita no teclado; Vacuum cleaner=aspirador
Sewing machine=máquina de costura; Explosion=explosão; Gunshot, gunfire=tiros; Glass=vidro
Fireworks=fogo de artifício; Water tap, faucet=torneira; Toilet flush=autoclismo
"""
_PORTUGUESE: Mapping[str, str] = {
    name.strip(): said.strip()
    for line in _NAMES.strip().splitlines()
    for name, _, said in (pair.partition("=") for pair in line.split(";"))
}


@model(
    caption_audio,
    card=Card(
        name="yamnet-captions",
        licence="Apache-2.0",
        checkpoint=YAMNET,
        memory_mb=150,
        speed=0.02,
        load_duration=0.3,
    ),
)
class SoundCaptioner:
    """Puts events, shares and levels into fixed sentences."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the tagger.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._tagger = Yamnet()
        self._tagger.load(weights, threads)
        labels = Listener(weights).labels
        self._speech = frozenset(labels[SPEECH_CLASSES])
        self._music = frozenset(labels[MUSIC_CLASSES])
        self._families = {
            member: family
            for family, last in FAMILIES.items()
            if family not in BROAD
            for member in labels[labels.index(family) : labels.index(last) + 1]
        }

    def __call__(self, audio: Audio, transcript: Transcript | None, language: str) -> Text:
        """Return one or two sentences.

        Args:
            audio: Any recording that can be read again.
            transcript: What is said in it, if known.
            language: "en" or "pt".
        """
        portuguese = language == "pt"
        values = measure(audio)
        seconds = f"{audio.duration:.1f} s"
        silence = values["silence_share"]
        if values["peak_db"] is None or (isinstance(silence, float) and silence >= SILENT_SHARE):
            said = (
                f"A gravação de {seconds} é silêncio."
                if portuguese
                else (f"The recording of {seconds} is silent.")
            )
            return Text.plain(said, language, basis(audio.duration, (), values))
        heard = self._tagger(audio.converted(SAMPLE_RATE, 1), THRESHOLD).events
        events = _loud_enough(audio, [one for one in heard if one.label not in NO_SOUNDS])
        clauses = self._clauses(events, audio.duration, transcript, language)
        if not clauses:
            clauses = [
                "não se ouve nenhum som que aqui se conheça"
                if portuguese
                else "no sound that is known here is heard"
            ]
        said = f"{'Em' if portuguese else 'In'} {seconds}, {'; '.join(clauses)}."
        facts = basis(audio.duration, sorted(events, key=_weight, reverse=True), values)
        return Text.plain(f"{said} {_levels(values, language)}".strip(), language, facts)

    def _clauses(
        self,
        events: Sequence[SoundEvent],
        duration: float,
        transcript: Transcript | None,
        language: str,
    ) -> list[str]:
        found: dict[str, list[SoundEvent]] = defaultdict(list)
        for event in events:
            kind = "" if event.label not in self._speech | self._music else "music"
            kind = "speech" if event.label in self._speech else kind
            found[kind or self._families.get(event.label, event.label)].append(event)
        clauses = [
            _spoken(found.pop("speech"), duration, transcript, language)
            if "speech" in found
            else "",
            _played(found.pop("music"), duration, language) if "music" in found else "",
        ]
        sure = {
            label: some for label, some in found.items() if max(one.score for one in some) >= TOLD
        }
        order = sorted(sure, key=lambda label: -sum(_weight(one) for one in sure[label]))
        names = [_sound(sure[label], duration, language) for label in order[:MOST_SOUNDS]]
        if names:
            head = "ouve-se" if language == "pt" else "heard"
            clauses.append(f"{head}: {listed(language, names)}")
        return [clause for clause in clauses if clause]


def sound_name(label: str, language: str) -> str:
    """Return what a class of AudioSet is called; the class itself where there is no other name.

    Args:
        label: Name of the class.
        language: "en" or "pt".
    """
    return _PORTUGUESE.get(label, label) if language == "pt" else label.lower()


def _loud_enough(audio: Audio, events: Sequence[SoundEvent]) -> list[SoundEvent]:
    """Leave out what is heard only far below the peak of the recording."""
    feed = Feed(audio)
    step = max(1, round(FRAME * audio.sample_rate))
    levels: list[float] = []
    while (samples := feed.take(200 * step)).shape[1]:
        highest = np.abs(samples).max(axis=0)
        levels += np.maximum.reduceat(highest, np.arange(0, len(highest), step)).tolist()
    loud = np.array(levels) > BELOW_PEAK * max(levels, default=0.0)

    def is_loud(event: SoundEvent) -> bool:
        heard = loud[int(event.start / FRAME) : int(event.end / FRAME) + 1]
        short = event.end - event.start <= SHORT_DURATION
        return bool(heard.any()) if short else float(heard.mean()) >= LOUD_SHARE

    return [event for event in events if is_loud(event)]


def _weight(event: SoundEvent) -> float:
    return event.score * (event.end - event.start)


def _share(events: Sequence[SoundEvent], duration: float, language: str) -> str:
    """Return how much of the time something is heard, in words."""
    covered, reached = 0.0, 0.0
    for event in sorted(events, key=lambda event: event.start):
        covered += max(0.0, event.end - max(event.start, reached))
        reached = max(reached, event.end)
    share = covered / max(duration, 1e-9)
    return next(words[language == "pt"] for least, *words in _SHARES if share >= least)


def _spoken(
    events: Sequence[SoundEvent], duration: float, transcript: Transcript | None, language: str
) -> str:
    portuguese = language == "pt"
    how_much = _share(events, duration, language)
    code = transcript.language if transcript is not None else None
    names = _LANGUAGES.get(code or "")
    spoken = "" if code is None else (names[portuguese] if names else f"“{code}”")
    if portuguese:
        return f"alguém fala {how_much}" + (f", em {spoken}" if spoken else "")
    return f"somebody speaks {how_much}" + (f", in {spoken}" if spoken else "")


def _played(events: Sequence[SoundEvent], duration: float, language: str) -> str:
    how_much = _share(events, duration, language)
    return f"há música {how_much}" if language == "pt" else f"music plays {how_much}"


def _sound(events: Sequence[SoundEvent], duration: float, language: str) -> str:
    portuguese = language == "pt"
    events = _joined(events)
    label = max(events, key=_weight).label
    known = not portuguese or label in _PORTUGUESE
    name = sound_name(label, language) if known else f"“{label}”"
    total = sum(event.end - event.start for event in events)
    if total >= THROUGHOUT * duration:
        return f"{name} ({_share(events, duration, language)})"
    regions = [Region(event.start, event.end) for event in events]
    if len(regions) > MOST_TIMES:
        first = clock(regions[0].start)
        return f"{name} ({len(regions)} {'vezes, desde' if portuguese else 'times, from'} {first})"
    return f"{name} ({times(language, regions)})"


def _joined(events: Sequence[SoundEvent]) -> list[SoundEvent]:
    """Join what members of one family give at the same time; the strongest one names it."""
    joined: list[SoundEvent] = []
    for event in sorted(events, key=lambda event: event.start):
        last = joined[-1] if joined else None
        if last is None or event.start > last.end + 0.5:
            joined.append(event)
            continue
        name = event.label if _weight(event) > _weight(last) else last.label
        end, score = max(last.end, event.end), max(last.score, event.score)
        joined[-1] = SoundEvent(last.start, end, name, score)
    return joined


def _levels(values: Mapping[str, float | int | str | None], language: str) -> str:
    loudness = values["loudness_lufs"]
    if not isinstance(loudness, float):
        return ""
    if language == "pt":
        return f"A sonoridade é de {loudness:.1f} LUFS."
    return f"Its loudness is {loudness:.1f} LUFS."
