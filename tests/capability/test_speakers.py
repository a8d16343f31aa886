"""How well speakers are told apart, counted, known and parted, on dialogues never tuned on.

The thresholds were tuned on dialogues of other seeds (1–53) made of the same nine people.
"""

from collections.abc import Callable

import numpy as np
import pytest

from scripts.dialogues import Dialogue, dialogue, diarization_errors, utterances
from scripts.recordings import pulled
from tests.capability.extent import some
from tonmeister.artifacts import Noted, SpeakerTurns
from tonmeister.audio import Samples, Waveform
from tonmeister.models.campplus import (
    CAMPPLUS,
    CampplusDiarizer,
    CampplusIdentifier,
    CampplusSeparator,
    CampplusVerifier,
)
from tonmeister.models.resemblyzer import RESEMBLYZER, ResemblyzerDiarizer, ResemblyzerVerifier
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights

Record = Callable[..., None]
BUILT = "built dialogues, 2–5 of 9 real people, 40 s each, overlaps"
PEOPLE = "voices of 9 real people in 5 languages"


@pytest.fixture(scope="module")
def pieces() -> dict[str, list[Samples]]:
    return utterances()


@pytest.fixture(scope="module")
def dialogues(pieces: dict[str, list[Samples]]) -> list[Dialogue]:
    return [dialogue(pieces, 1000 + index, 2 + index % 4, 40.0) for index in some(range(12), 4)]


def turns_of(result: SpeakerTurns | Noted) -> SpeakerTurns:
    found = result.value if isinstance(result, Noted) else result
    assert isinstance(found, SpeakerTurns)
    return found


def test_speakers_of_unknown_number(dialogues: list[Dialogue], capability: Record):
    model = CampplusDiarizer()
    model.load(pulled(CAMPPLUS), 2)
    strict, lenient, counted = [], [], []
    for made in dialogues:
        found = turns_of(model(Audio.from_waveform(made.audio), None))
        duration = made.audio.duration
        strict.append(diarization_errors(made.turns, found.turns, duration).rate)
        lenient.append(diarization_errors(made.turns, found.turns, duration, collar=0.25).rate)
        counted.append(len(found.speakers) == len(made.alone))
    common = {"tool": "diarize", "model": "campplus", "data": f"{len(dialogues)} {BUILT}"}
    capability(**common, measure="DER, no collar", value=float(np.mean(strict)), goal="≤ 0.12")
    capability(**common, measure="DER, collar 0.25 s", value=float(np.mean(lenient)))
    capability(**common, measure="number of speakers right", value=float(np.mean(counted)))
    assert np.mean(strict) <= 0.12
    assert np.mean(lenient) <= 0.05
    assert np.mean(counted) >= 0.8


def test_speakers_by_the_light_model(dialogues: list[Dialogue], capability: Record):
    model = ResemblyzerDiarizer()
    model.load(pulled(RESEMBLYZER), 2)
    errors, counted = [], []
    for made in dialogues:
        found = turns_of(model(Audio.from_waveform(made.audio), None))
        errors.append(diarization_errors(made.turns, found.turns, made.audio.duration).rate)
        counted.append(len(found.speakers) == len(made.alone))
    common = {"tool": "diarize", "model": "resemblyzer", "data": f"{len(dialogues)} {BUILT}"}
    capability(**common, measure="DER, no collar", value=float(np.mean(errors)), goal="≤ 0.12")
    capability(**common, measure="number of speakers right", value=float(np.mean(counted)))
    assert np.mean(errors) <= 0.16
    assert np.mean(counted) >= 0.5


def clips(pieces: dict[str, list[Samples]], seconds: float, most: int) -> list[tuple[str, Samples]]:
    """Cut what each person says into clips."""
    found = []
    length = round(seconds * 16_000)
    for name, said in pieces.items():
        joined = np.concatenate(said)
        starts = range(0, len(joined) - length + 1, length)
        found += [(name, joined[start : start + length]) for start in list(starts)[:most]]
    return found


def equal_error_rate(same: np.ndarray, other: np.ndarray) -> float:
    """Return the rate at which as many pairs of one voice are missed as of two are accepted."""
    limits = np.sort(np.concatenate([same, other]))
    missed = np.searchsorted(np.sort(same), limits) / len(same)
    accepted = 1.0 - np.searchsorted(np.sort(other), limits) / len(other)
    nearest = int(np.argmin(np.abs(missed - accepted)))
    return float(missed[nearest] + accepted[nearest]) / 2


@pytest.mark.parametrize(
    ("model", "weights", "limit"),
    [(CampplusVerifier, CAMPPLUS, 0.03), (ResemblyzerVerifier, RESEMBLYZER, 0.1)],
)
def test_voices_of_three_seconds_are_compared(
    pieces: dict[str, list[Samples]], capability: Record, model: type, weights, limit: float
):
    verifier = model()
    verifier.load(pulled(weights), 2)
    chosen = some(clips(pieces, 3.0, 12), 54)
    voices = verifier.encoder.embed([samples for _, samples in chosen])
    names = np.array([name for name, _ in chosen])
    first, second = np.triu_indices(len(names), 1)
    similar = np.sum(voices[first] * voices[second], axis=1)
    same = names[first] == names[second]
    rate = equal_error_rate(similar[same], similar[~same])
    right = np.mean((similar >= verifier.encoder.same) == same)
    data = f"{len(chosen)} clips of 3 s, {PEOPLE}"
    common = {"tool": "verify_speaker", "model": weights.name, "data": data}
    capability(**common, measure="EER", value=rate)
    capability(**common, measure="pairs judged right at the threshold", value=float(right))
    assert rate <= limit
    assert right >= 0.9


def test_known_people_are_found(
    dialogues: list[Dialogue], pieces: dict[str, list[Samples]], capability: Record
):
    model = CampplusIdentifier()
    model.load(pulled(CAMPPLUS), 2)
    named = total = wrong = strangers = 0.0
    chosen = some(dialogues[:6], 2)
    for made in chosen:
        people = sorted(made.alone)
        known = people[:-1]
        references = [
            Audio.from_waveform(Waveform(np.concatenate(pieces[name])[-16_000 * 6 :], 16_000))
            for name in known
        ]
        result = model(Audio.from_waveform(made.audio), references, ", ".join(known), None)
        found = turns_of(result)
        for turn in found.turns:
            shares = {
                name: sum(
                    max(0.0, min(turn.end, one.end) - max(turn.start, one.start))
                    for one in made.turns
                    if one.speaker == name
                )
                for name in people
            }
            real = max(shares, key=lambda name: shares[name])
            length = turn.end - turn.start
            total += length
            expected = real if real in known else None
            given = turn.speaker if turn.speaker in known else None
            named += length * (given == expected)
            strangers += length * (expected is None)
            wrong += length * (given is not None and expected is None)
    data = f"{len(chosen)} built dialogues, all but one person enrolled with 6 s"
    common = {"tool": "identify_speaker", "model": "campplus", "data": data}
    capability(**common, measure="speech with the right name, or none", value=named / total)
    capability(**common, measure="strangers given a name", value=wrong / max(1e-9, strangers))
    assert named / total >= 0.9


def test_separation_by_turns_keeps_others_out(pieces: dict[str, list[Samples]], capability: Record):
    model = CampplusSeparator()
    model.load(pulled(CAMPPLUS), 2)
    others_power = own_power = wanted_power = 0.0
    seeds = some((0, 2, 1, 3), 2)  # two people where even, three where odd
    for seed in seeds:
        made = dialogue(pieces, 2000 + seed, 2 + seed % 2, 40.0, overlap=0.0)
        result = model(Audio.from_waveform(made.audio), len(made.alone))
        assert isinstance(result, Noted) and isinstance(result.value, dict)
        tracks = [
            np.concatenate([block.samples[0] for block in one.blocks()])
            for one in result.value.values()
        ]
        for track in tracks:
            gains = {
                name: float(np.dot(track, alone) / max(1e-9, np.dot(alone, alone)))
                for name, alone in made.alone.items()
            }
            owner = max(gains, key=lambda name: gains[name])
            open_here = np.abs(track) > 0.0
            others_power += sum(
                float(np.sum(alone[open_here] ** 2))
                for name, alone in made.alone.items()
                if name != owner
            )
            own_power += float(np.sum(made.alone[owner][open_here] ** 2))
            wanted_power += float(np.sum(made.alone[owner] ** 2))
    leak_db = 10 * float(np.log10(max(others_power, 1e-12) / own_power))
    data = f"{len(seeds)} built dialogues without overlap, 2–3 people"
    common = {"tool": "separate_speakers", "model": "campplus", "data": data}
    capability(**common, measure="others' speech in a file", value=leak_db, unit="dB")
    capability(**common, measure="own speech kept", value=own_power / wanted_power)
    assert leak_db <= -15.0
    assert own_power / wanted_power >= 0.97
