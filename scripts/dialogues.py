"""Dialogues built of recordings of different people, with the truth, and how wrong a result is.

Nine people: a LibriVox reader, a reader of Dickens, John F. Kennedy, and six voices of telephone
prompts in English, French (two), Italian, Russian and Spanish. Every dialogue comes from a seed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from scripts.recordings import JFK, LIBRIVOX, TWO_CITIES, pulled
from tonmeister.artifacts import SpeakerTurn
from tonmeister.audio import Samples, Waveform
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.silero import SpeechDetector, SpeechRules
from tonmeister.packages import Deb, Part
from tonmeister.streaming import Audio

__all__ = ["PROMPTS", "Dialogue", "Errors", "diarization_errors", "dialogue", "utterances"]

SAMPLE_RATE = 16_000
GSM_BYTES, GSM_FRAMES = 33, 160
"""What a bare GSM stream is made of."""

_FOLDER = "usr/share/asterisk/sounds"
_PLACES = {
    "allison": ("asterisk-core-sounds-en-wav", "en_US_f_Allison", "wav"),
    "june": ("asterisk-core-sounds-fr-wav", "fr_CA_f_June", "wav"),
    "carlo": ("asterisk-core-sounds-it-wav", "it_IT_m_Carlo", "wav"),
    "ivrvoice": ("asterisk-core-sounds-ru-wav", "ru_RU_f_IvrvoiceRU", "wav"),
    "colombia": ("asterisk-prompt-es-co", "es", "gsm"),
    "armelle": ("asterisk-prompt-fr-armelle", "fr", "gsm"),
}
_DIGESTS = {
    "allison-demo-instruct": "0013075fde30d7b0bf41bd5b0183bc657dc7164b0a8f322f712145f4f996bbe3",
    "allison-priv-callee-options": (
        "eeb34bd299db6183ed53ff2366185de04abc51a31291b2ad92a67cf160d7de99"
    ),
    "allison-demo-congrats": "c47bcc0dfb442cf40ab833e442843a9be0c3558458ab3e1c403f602e00546afc",
    "june-demo-instruct": "3dc16f234003315bcc39645e60724c4925108e7c5fbb17821c3679fddc08bd22",
    "june-priv-callee-options": "dd671a23ed29085412e0d5fe5d0d1946d1666f0c3f4afb5474188827f938e126",
    "june-demo-congrats": "0d29d5c32bec6865c000045831e76e4c1286acd326648f7a59b5f7c369b528b6",
    "carlo-demo-instruct": "a075e5d5066f47f231e535a7af243504e5bb9f564f48e1d3affb231dc66d6a54",
    "carlo-priv-callee-options": "adc1ec3ead295c22616f024888f3ccb3aac289565c53de71263f9c475559cbc1",
    "carlo-demo-congrats": "47604e93a232f80ab99f23b54ff76345654819a09918001f02f4254a037d9e4f",
    "ivrvoice-demo-instruct": "9ed6632cbebc81326cb5fd9ce475978e0047d534f7d79308ea49db6efce8a9b8",
    "ivrvoice-priv-callee-options": (
        "2f450c396044b6b04bce5b75344ad290aec16005074aa9305b7b4a7c1def22a3"
    ),
    "ivrvoice-demo-congrats": "699cf3df1d8b506a6860bc6b1798dc279dd23b44bf537b0028081a5fa5a86b14",
    "colombia-conf-usermenu": "97f8b4b7814ed073587d36a560c7edd73fce4289f0a64efa38fc43886ff3735b",
    "colombia-vm-options": "d0c14f07f6a6f229f0becc3a9ac8f076a0f1a2f85f7f18994732a56f88335058",
    "colombia-dir-intro": "f56be1a65f10bd342dad692a753850396c71cede828a460502b762e997c9c319",
    "colombia-dir-intro-fn": "69f25ff21b67e8d28bb9e917e17e816433ca9306d880d0d17dd0a2f426797758",
    "colombia-demo-echotest": "970a35bba0e598bd72972072cfbe94943f4a016cc54f8e296da66bc61c353647",
    "armelle-conf-adminmenu": "99d3c3225d3feb68c238a9f44800013deba435c711e211caadb59d7abf56d877",
    "armelle-vm-options": "6e0c5b6eabfdfc2bd8f265b7521b0db5788fad1ffb2979787379f2acd73f1098",
    "armelle-priv-callee-options": (
        "f6e5058435a2b1b316f3b7458adf15494ffc833ac8e33c9121c65131eb66e2f2"
    ),
    "armelle-conf-usermenu": "8bab6d9be09ffb127de81b14e783d3e92492af646cbedd46e091f42ae759bf8f",
}


def _file(clip: str) -> str:
    # libsndfile takes a bare GSM stream only when it is told so: its name may not mislead.
    return f"{clip}.wav" if _place(clip)[2] == "wav" else f"{clip}.raw"


def _place(clip: str) -> tuple[str, str, str]:
    return _PLACES[clip.partition("-")[0]]


def _part(clip: str) -> Part:
    package, folder, suffix = _place(clip)
    return Part(Deb(package), f"{_FOLDER}/{folder}/{clip.partition('-')[2]}.{suffix}")


PROMPTS = Checkpoint(
    name="prompts",
    files={_file(clip): digest for clip, digest in _DIGESTS.items()},
    licence="CC-BY-SA-3.0 (core sounds), BSD-like and GPL-2.0 (es-co, armelle)",
    size_mb=9.5,
    sources=[{_file(clip): _part(clip) for clip in _DIGESTS}],
)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A built conversation.

    Attributes:
        audio: What is heard, mono at 16 kHz.
        turns: The truth: each stretch without a pause, with the name of who speaks.
        alone: What each person contributes, as long as ``audio``.
    """

    audio: Waveform
    turns: tuple[SpeakerTurn, ...]
    alone: Mapping[str, Samples]


def utterances() -> dict[str, list[Samples]]:
    """Return what each person says, cut at pauses: pieces of 0.8 to 9 s, mono at 16 kHz."""
    folder = pulled(PROMPTS)
    files: dict[str, list[Path]] = {
        "austen": sorted(pulled(LIBRIVOX).glob("*.wav")),
        "dickens": [pulled(TWO_CITIES) / "two_cities.wav"],
        "kennedy": [pulled(JFK) / "jfk.mp3"],
        **{name: sorted(folder.glob(f"{name}-*")) for name in _PLACES},
    }
    detector = SpeechDetector(1)
    rules = SpeechRules(min_silence=0.25, pad=0.05, max_speech=9.0)
    pieces: dict[str, list[Samples]] = {}
    for name, paths in files.items():
        pieces[name] = []
        for waveform in map(_read, paths):
            for region in detector.regions(Audio.from_waveform(waveform), rules):
                piece = waveform.part(region.start, region.end or waveform.duration)
                if piece.duration >= 0.8:
                    pieces[name].append(piece.samples[0])
    return pieces


def _read(path: Path) -> Waveform:
    if path.suffix == ".raw":
        with soundfile.SoundFile(
            path, format="RAW", subtype="GSM610", samplerate=8_000, channels=1
        ) as file:
            frames = path.stat().st_size // GSM_BYTES * GSM_FRAMES
            return Waveform(file.read(frames, dtype="float32"), 8_000).resampled(SAMPLE_RATE)
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    waveform = Waveform(np.ascontiguousarray(samples.T), rate)
    return waveform.to_mono().resampled(SAMPLE_RATE)


def dialogue(
    pieces: Mapping[str, Sequence[Samples]],
    seed: int,
    num_speakers: int,
    duration: float,
    *,
    overlap: float = 0.1,
) -> Dialogue:
    """Build a conversation of turns of one to three pieces, with pauses and a noise floor.

    Args:
        pieces: What each person says.
        seed: Chooses people, levels (up to 8 dB apart), how much each speaks, and pauses.
        num_speakers: How many people take part.
        duration: Least length in seconds.
        overlap: Share of the turns that begin 0.5 to 1.5 s before the one before has ended.
    """
    draw = np.random.default_rng(seed)
    people = [str(name) for name in draw.choice(sorted(pieces), num_speakers, replace=False)]
    levels = {name: draw.uniform(0.04, 0.1) for name in people}
    shares = dict(zip(people, draw.dirichlet(np.full(num_speakers, 3.0)), strict=True))
    queues: dict[str, list[Samples]] = {name: [] for name in people}
    placed: list[tuple[float, str, Samples]] = []
    now, turn, last = 0.5, 0, ""
    while now < duration or turn < num_speakers:
        others = [name for name in people if name != last or num_speakers == 1]
        odds = np.array([shares[name] for name in others])
        speaker = (
            people[turn] if turn < num_speakers else str(draw.choice(others, p=odds / odds.sum()))
        )
        for _ in range(int(draw.integers(1, 4))):
            if not queues[speaker]:
                order = draw.permutation(len(pieces[speaker]))
                queues[speaker] = [pieces[speaker][index] for index in order]
            piece = queues[speaker].pop()
            placed.append((now, speaker, _levelled(piece, levels[speaker])))
            now += len(piece) / SAMPLE_RATE + draw.uniform(0.05, 0.5)
        now += draw.uniform(0.0, 0.6)
        if draw.random() < overlap:
            now = max(0.5, now - draw.uniform(0.5, 1.5))
        turn, last = turn + 1, speaker
    return _mixed(placed, people, draw)


def _levelled(piece: Samples, level: float) -> Samples:
    return (piece * (level / np.sqrt(np.mean(piece**2)))).astype(np.float32)


def _mixed(
    placed: Sequence[tuple[float, str, Samples]], people: Sequence[str], draw: np.random.Generator
) -> Dialogue:
    length = max(round(start * SAMPLE_RATE) + len(piece) for start, _, piece in placed)
    length += SAMPLE_RATE
    alone = {name: np.zeros(length, np.float32) for name in people}
    turns: list[SpeakerTurn] = []
    for start, name, piece in placed:
        first = round(start * SAMPLE_RATE)
        alone[name][first : first + len(piece)] += piece
        turns.append(SpeakerTurn(start, start + len(piece) / SAMPLE_RATE, name))
    floor = 10 ** (draw.uniform(-60.0, -45.0) / 20)
    noise = draw.standard_normal(length).astype(np.float32) * np.float32(floor)
    mixture = np.sum(list(alone.values()), axis=0) + noise
    ordered = tuple(sorted(turns, key=lambda one: one.start))
    return Dialogue(Waveform(mixture.astype(np.float32), SAMPLE_RATE), ordered, alone)


@dataclass(frozen=True, slots=True)
class Errors:
    """Shares of the time that people speak, 0.0 and more.

    Attributes:
        missed: Speech that was not found.
        false_alarm: Speech that is none.
        confused: Speech that was given to somebody else.
    """

    missed: float
    false_alarm: float
    confused: float

    @property
    def rate(self) -> float:
        """The diarization error rate."""
        return self.missed + self.false_alarm + self.confused


def diarization_errors(
    truth: Sequence[SpeakerTurn],
    found: Sequence[SpeakerTurn],
    duration: float,
    *,
    collar: float = 0.0,
) -> Errors:
    """Measure how wrong speaker turns are, overlapping talk included.

    After NIST's Rich Transcription evaluation (RT-09 plan, section 6.1): labels are matched one to
    one so that most time agrees (Hungarian method). Counted in steps of 10 ms.

    Args:
        truth: Who speaks when.
        found: What was found; its labels may be any.
        duration: Length of the recording in seconds.
        collar: Seconds before and after each true border that do not count.
    """
    from scipy.optimize import linear_sum_assignment

    times = np.arange(0.005, duration, 0.01)
    counted = np.ones(len(times), bool)
    for border in (time for turn in truth for time in (turn.start, turn.end)):
        counted &= np.abs(times - border) > collar if collar else True
    real, heard = _speaking(truth, times)[:, counted], _speaking(found, times)[:, counted]
    pairs = linear_sum_assignment(-(real.astype(np.int64) @ heard.T.astype(np.int64)))
    right = sum(
        (real[one] & heard[other] for one, other in zip(*pairs, strict=True)),
        start=np.zeros(real.shape[1], np.int64),
    )
    wanted, given = real.sum(axis=0), heard.sum(axis=0)
    total = wanted.sum()
    return Errors(
        missed=float(np.maximum(0, wanted - given).sum() / total),
        false_alarm=float(np.maximum(0, given - wanted).sum() / total),
        confused=float((np.minimum(wanted, given) - right).sum() / total),
    )


def _speaking(turns: Sequence[SpeakerTurn], times: NDArray[np.float64]) -> NDArray[np.bool_]:
    labels = sorted({turn.speaker for turn in turns})
    speaking = np.zeros((len(labels), len(times)), bool)
    for turn in turns:
        speaking[labels.index(turn.speaker)] |= (times >= turn.start) & (times < turn.end)
    return speaking
