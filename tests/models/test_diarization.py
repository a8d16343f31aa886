"""Speakers of built dialogues, on real weights: who speaks when, alone, known, the same."""

import numpy as np
import pytest

from scripts.dialogues import Dialogue, dialogue, diarization_errors
from scripts.recordings import pulled
from tonmeister.artifacts import Measurement, Noted, SpeakerTurn, SpeakerTurns
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.campplus import (
    CampplusDiarizer,
    CampplusIdentifier,
    CampplusSeparator,
    CampplusVerifier,
)
from tonmeister.models.resemblyzer import RESEMBLYZER, ResemblyzerDiarizer
from tonmeister.models.turns import overlap_duration, spans_of
from tonmeister.streaming import Audio

Pieces = dict[str, list[Samples]]


def turns_of(result: SpeakerTurns | Noted) -> SpeakerTurns:
    found = result.value if isinstance(result, Noted) else result
    assert isinstance(found, SpeakerTurns)
    return found


def notes_of(result: object) -> str:
    return " ".join(result.notes) if isinstance(result, Noted) else ""


def silence(duration: float, rate: int = 16_000, channels: int = 1) -> Audio:
    samples = np.zeros((channels, round(duration * rate)), np.float32)
    return Audio.from_waveform(Waveform(samples, rate))


def said(pieces: Pieces, name: str, duration: float) -> Audio:
    samples = np.concatenate(pieces[name])[: round(duration * 16_000)]
    return Audio.from_waveform(Waveform(samples, 16_000))


def test_gaps_of_a_breath_are_closed_and_blips_dropped():
    active = np.array([0, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0], bool)
    assert np.allclose(spans_of(active, 0.1, 1.0), [(1.1, 1.7)])
    assert spans_of(np.zeros(5, bool), 0.1, 0.0) == []


def test_seconds_of_talk_at_once_are_counted_once():
    turns = (SpeakerTurn(0.0, 5.0, "A"), SpeakerTurn(3.0, 4.0, "B"), SpeakerTurn(3.5, 6.0, "C"))
    assert overlap_duration(SpeakerTurns(turns, 10.0)) == pytest.approx(2.0)
    assert overlap_duration(SpeakerTurns(turns[:1], 10.0)) == 0.0


def test_the_error_rate_counts_what_is_missed_invented_and_confused():
    truth = [SpeakerTurn(0.0, 4.0, "a"), SpeakerTurn(4.0, 8.0, "b")]
    same = [SpeakerTurn(0.0, 4.0, "x"), SpeakerTurn(4.0, 8.0, "y")]
    assert diarization_errors(truth, same, 10.0).rate == 0.0
    one = diarization_errors(truth, [SpeakerTurn(0.0, 10.0, "x")], 10.0)
    assert (one.missed, one.false_alarm, one.confused) == pytest.approx((0.0, 0.25, 0.5))
    assert diarization_errors(truth, [], 10.0).missed == 1.0
    early = [SpeakerTurn(0.0, 3.8, "x"), SpeakerTurn(3.8, 8.0, "y")]
    assert diarization_errors(truth, early, 10.0).confused == pytest.approx(0.025)
    assert diarization_errors(truth, early, 10.0, collar=0.25).rate == 0.0


@pytest.mark.weights
@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_three_people_are_told_apart_in_a_stereo_recording(
    diarizer: CampplusDiarizer, pieces: Pieces, rate: int
):
    made = dialogue(pieces, 71, 3, 40.0)
    stereo = np.concatenate([made.audio.samples, 0.5 * made.audio.samples])
    audio = Audio.from_waveform(Waveform(stereo, 16_000).resampled(rate))
    found = turns_of(diarizer(audio, None))
    assert found.speakers == ("SPEAKER_00", "SPEAKER_01", "SPEAKER_02")
    assert diarization_errors(made.turns, found.turns, audio.duration, collar=0.25).rate < 0.08
    starts = [turn.start for turn in found.turns]
    assert starts == sorted(starts)
    assert found.duration == audio.duration


@pytest.mark.weights
def test_one_reader_is_one_speaker(diarizer: CampplusDiarizer, two_cities: Waveform):
    found = turns_of(diarizer(Audio.from_waveform(two_cities), None))
    assert found.speakers == ("SPEAKER_00",)
    assert overlap_duration(found) == 0.0


@pytest.mark.weights
def test_a_given_number_of_speakers_is_obeyed_or_what_is_missing_is_told(
    diarizer: CampplusDiarizer, pieces: Pieces
):
    made = dialogue(pieces, 72, 3, 30.0)
    audio = Audio.from_waveform(made.audio)
    for wanted in (1, 2, 3):
        assert len(turns_of(diarizer(audio, wanted)).speakers) == wanted
    brief = said(pieces, "carlo", 2.0)
    result = diarizer(brief, 4)
    assert len(turns_of(result).speakers) < 4
    assert "4 speakers were asked for; only" in notes_of(result)


@pytest.mark.weights
def test_far_more_speakers_than_are_heard_are_listed_with_a_remark(
    diarizer: CampplusDiarizer, pieces: Pieces, two_cities: Waveform
):
    reader = Audio.from_waveform(two_cities.part(0.0, 20.0))
    result = diarizer(reader, 5)
    assert len(turns_of(result).speakers) > 1
    assert "the voices alone sound like 1" in notes_of(result)
    made = dialogue(pieces, 72, 3, 30.0)
    assert "alone sound" not in notes_of(diarizer(Audio.from_waveform(made.audio), 3))


@pytest.mark.weights
def test_talk_at_once_is_marked_by_turns_that_overlap(diarizer: CampplusDiarizer, pieces: Pieces):
    first, second = said(pieces, "carlo", 10.0).read(), said(pieces, "june", 10.0).read()
    samples = np.zeros(16_000 * 17, np.float32)
    samples[: 16_000 * 10] += first.samples[0]
    samples[16_000 * 7 :] += second.samples[0]
    result = diarizer(Audio.from_waveform(Waveform(samples, 16_000)), None)
    found = turns_of(result)
    assert len(found.speakers) == 2
    assert 1.0 < overlap_duration(found) < 4.5
    assert "speak at once" in notes_of(result)


@pytest.mark.weights
def test_a_model_that_hears_one_person_at_a_time_says_so(pieces: Pieces):
    model = ResemblyzerDiarizer()
    model.load(pulled(RESEMBLYZER), 2)
    made = dialogue(pieces, 73, 2, 30.0)
    result = model(Audio.from_waveform(made.audio), None)
    found = turns_of(result)
    assert "one person at a time" in notes_of(result)
    assert overlap_duration(found) == 0.0
    assert diarization_errors(made.turns, found.turns, made.audio.duration, collar=0.25).rate < 0.2
    assert len(turns_of(model(Audio.from_waveform(made.audio), 3)).speakers) == 3


@pytest.mark.weights
@pytest.mark.parametrize("number", [0, 21, 1000])
def test_impossible_numbers_of_speakers_are_refused(
    diarizer: CampplusDiarizer, separator: CampplusSeparator, number: int
):
    for tool in (diarizer, separator):
        with pytest.raises(ToolInputError, match=f"num_speakers = {number}; expected 1 to 20"):
            tool(silence(1.0), number)


@pytest.mark.weights
def test_where_nobody_speaks_there_are_no_turns_and_nothing_to_separate(
    diarizer: CampplusDiarizer, separator: CampplusSeparator
):
    noise = np.random.default_rng(3).normal(0.0, 0.02, 160_000).astype(np.float32)
    for audio in (silence(10.0), silence(0.0), Audio.from_waveform(Waveform(noise, 16_000))):
        result = diarizer(audio, None)
        assert turns_of(result).turns == ()
        assert "Nobody" in notes_of(result)
        with pytest.raises(ToolInputError, match="Nobody"):
            separator(audio, None)


def separated(made: Dialogue, separator: CampplusSeparator, rate: int) -> dict[str, Waveform]:
    stereo = np.concatenate([made.audio.samples, made.audio.samples])
    audio = Audio.from_waveform(Waveform(stereo, 16_000).resampled(rate))
    result = separator(audio, None)
    assert isinstance(result, Noted) and isinstance(result.value, dict)
    found: dict[str, Waveform] = {}
    for name, one in result.value.items():
        blocks = [block.samples for block in one.blocks()]
        found[name] = Waveform(np.concatenate(blocks, axis=1), one.sample_rate)
    return found


@pytest.mark.weights
def test_each_speaker_gets_a_recording_in_step_with_the_original(
    separator: CampplusSeparator, pieces: Pieces
):
    made = dialogue(pieces, 74, 2, 30.0, overlap=0.0)
    found = separated(made, separator, 22_050)
    assert list(found) == ["speaker_00", "speaker_01"]
    expected = made.audio.resampled(22_050)
    for one in found.values():
        assert (one.sample_rate, one.num_channels) == (22_050, 2)
        assert one.num_frames == expected.num_frames
    total = sum(one.samples[0] for one in found.values())
    speech = np.abs(expected.samples[0]) > 0.05
    near = np.abs(total - expected.samples[0])[speech] < 0.01
    assert near.mean() > 0.97, "together they are the original wherever somebody speaks"
    for one in found.values():
        steps = np.abs(np.diff(one.samples[0]))
        assert steps.max() <= np.abs(np.diff(expected.samples[0])).max() + 1e-3, "no clicks"


@pytest.mark.weights
def test_known_people_get_their_names_and_others_stay_numbered(
    identifier: CampplusIdentifier, pieces: Pieces
):
    made = dialogue(pieces, 75, 3, 40.0)
    people = sorted(made.alone)
    references = [said(pieces, name, 8.0) for name in people[:2]]
    absent = next(name for name in pieces if name not in people)
    result = identifier(
        Audio.from_waveform(made.audio),
        [*references, said(pieces, absent, 8.0)],
        f"{people[0]}, {people[1]}, nobody",
        None,
    )
    found = turns_of(result)
    assert set(found.speakers) == {people[0], people[1], "SPEAKER_00"}
    assert "Not heard in this recording: nobody." in notes_of(result)
    renamed = [
        SpeakerTurn(one.start, one.end, people[2] if one.speaker == "SPEAKER_00" else one.speaker)
        for one in found.turns
    ]
    errors = diarization_errors(made.turns, renamed, made.audio.duration, collar=0.25)
    assert errors.confused < 0.08
    share = sum(turn.end - turn.start for turn in found.turns if turn.speaker == people[0])
    truth = sum(turn.end - turn.start for turn in made.turns if turn.speaker == people[0])
    assert share == pytest.approx(truth, rel=0.25)


@pytest.mark.weights
def test_references_of_less_than_three_seconds_of_speech_are_refused(
    identifier: CampplusIdentifier, verifier: CampplusVerifier, pieces: Pieces
):
    brief = said(pieces, "june", 2.0)
    audio = said(pieces, "june", 10.0)
    with pytest.raises(
        ToolInputError, match=r"reference of June has \d\.\d s of speech; expected 3"
    ):
        identifier(audio, [brief], "June", None)
    for reference in (brief, silence(30.0)):
        with pytest.raises(ToolInputError, match="expected 3 s or more"):
            verifier(audio, reference)


@pytest.mark.weights
def test_a_voice_is_the_same_as_itself_and_not_as_another(
    verifier: CampplusVerifier, pieces: Pieces
):
    def verdict(audio: Audio, reference: Audio) -> dict[str, object]:
        result = verifier(audio, reference)
        value = result.value if isinstance(result, Noted) else result
        assert isinstance(value, Measurement)
        return dict(value.values)

    late = Audio.from_waveform(
        Waveform(np.concatenate(pieces["june"][8:])[: 16_000 * 8], 16_000).resampled(44_100)
    )
    same = verdict(late, said(pieces, "june", 6.0))
    other = verdict(said(pieces, "carlo", 6.0), said(pieces, "june", 6.0))
    assert same["verdict"] == "same voice" and other["verdict"] == "different voices"
    nothing = verdict(silence(5.0), said(pieces, "june", 6.0))
    assert nothing["verdict"] is None and nothing["similarity"] is None
