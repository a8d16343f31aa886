import numpy as np
import pytest

from tonmeister.artifacts import Noted, Segment, SoundEvent, Transcript, Word
from tonmeister.audio import Waveform
from tonmeister.streaming import Audio
from tonmeister.tools.fillers import CROSSFADE, filler_events, fillers_of, without
from tonmeister.tools.pauses import loud_runs
from tonmeister.tools.speech import WithoutFillers, remove_fillers

RATE = 48_000


def talk(*spans: tuple[float, float], duration: float = 10.0, num_channels: int = 2) -> Audio:
    """Tones where somebody speaks, faint noise elsewhere."""
    time = np.arange(round(duration * RATE)) / RATE
    sound = 0.3 * np.sin(2 * np.pi * 180 * time)
    loud = np.zeros(len(time), bool)
    for start, end in spans:
        loud |= (time >= start) & (time < end)
    noise = 1e-4 * np.random.default_rng(1).standard_normal(len(time))
    samples = np.where(loud, sound, 0.0) + noise
    return Audio.from_waveform(
        Waveform(np.tile(samples.astype(np.float32), (num_channels, 1)), RATE)
    )


def said(*words: tuple[float, float, str], language: str = "en", sure: float = 0.9) -> Transcript:
    found = tuple(Word(start, end, text, sure) for start, end, text in words)
    text = " ".join(word.text for word in found)
    return Transcript(language, (Segment(found[0].start, found[-1].end, text, words=found),), 10.0)


def samples_of(audio: Audio) -> np.ndarray:
    return np.concatenate([block.samples for block in audio.blocks()], axis=1)


def edits_of(result: WithoutFillers | Noted) -> WithoutFillers:
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, WithoutFillers)
    return value


def test_runs_of_sound_are_found_to_ten_milliseconds():
    runs = loud_runs(talk((1.0, 1.5), (2.0, 2.03), (2.06, 2.5)).read(0.0, 3.0))
    assert runs == [pytest.approx((1.0, 1.5), abs=0.011), pytest.approx((2.0, 2.5), abs=0.011)]


def test_a_filler_is_cut_where_it_sounds_though_its_times_are_rough():
    audio = talk((1.0, 2.0), (2.4, 2.8), (3.2, 5.0))
    transcript = said((1.0, 2.0, "well"), (2.1, 2.6, "Um,"), (3.2, 5.0, "yes."))
    result = remove_fillers(audio, transcript)
    value = edits_of(result)
    (event,) = value.edits.events
    assert event.label == "um" and event.score == 0.9
    assert 2.0 < event.start < 2.4 and 2.8 < event.end < 3.2
    kept = samples_of(value.recording)
    assert value.recording.num_frames == kept.shape[1]
    lost = event.end - event.start + CROSSFADE
    assert kept.shape == (2, pytest.approx(10 * RATE - lost * RATE, abs=2))
    runs = loud_runs(Waveform(kept, RATE))
    assert len(runs) == 2, "the filler is gone and the words are whole"
    assert runs[0][1] - runs[0][0] == pytest.approx(1.0, abs=0.03)
    assert runs[1][1] - runs[1][0] == pytest.approx(1.8, abs=0.03)


def test_a_joint_inside_sound_does_not_click():
    audio = talk((0.5, 9.5), num_channels=1)
    cut = samples_of(without(audio, [SoundEvent(3.0013, 4.0004, "um", 1.0)]))[0]
    steps = np.abs(np.diff(cut))
    usual = float(np.abs(np.diff(audio.read(1.0, 2.0).samples[0])).max())
    # A sudden change is a large second difference; a cross-fade keeps it near that of the tone.
    assert steps.max() < 1.5 * usual
    hard = np.concatenate([audio.read(0.0, 3.0013).samples[0], audio.read(4.0021).samples[0]])
    assert np.abs(np.diff(hard)).max() > 1.5 * usual, "without a fade this would click"


def test_cuts_at_both_ends_and_close_together_leave_the_announced_length():
    audio = talk((0.0, 10.0))
    events = [SoundEvent(*span, "um", 1.0) for span in ((0.0, 0.5), (0.505, 0.9), (9.0, 10.0))]
    cut = without(audio, events)
    assert samples_of(cut).shape[1] == cut.num_frames


def test_an_is_stays_and_a_hesitation_goes():
    audio = talk((1.0, 3.0), (4.0, 4.5), (5.0, 7.0))
    transcript = said(
        (1.0, 1.5, "O"),
        (1.5, 2.0, "trabalho"),
        (2.0, 2.3, "é"),
        (2.3, 3.0, "simples"),
        (4.0, 4.5, "é,"),
        (5.0, 7.0, "vamos."),
        language="pt",
    )
    (event,) = edits_of(remove_fillers(audio, transcript)).edits.events
    assert 3.0 < event.start < 4.0 and 4.5 < event.end < 5.0


@pytest.mark.parametrize(
    ("language", "given", "expected"),
    [
        ("pt", None, [("um",)]),
        ("de", None, [("er",)]),
        (None, None, [("um",), ("er",)]),
    ],
)
def test_what_is_a_word_of_the_language_is_no_filler(language, given, expected):
    found = fillers_of(language, given)
    assert not set(expected) & set(found) and ("hm",) in [*found, ("hm",)] and ("hmm",) in found


def test_fillers_may_be_named_and_may_have_several_words():
    audio = talk((1.0, 2.0), (2.4, 2.9), (3.3, 5.0))
    transcript = said(
        (1.0, 2.0, "It's"), (2.4, 2.6, "you"), (2.6, 2.9, "know,"), (3.3, 5.0, "fine.")
    )
    assert filler_events(audio, transcript, fillers_of("en", None)) == []
    (event,) = filler_events(audio, transcript, fillers_of("en", "you know, like"))
    assert event.label == "you know" and event.start < 2.4 and event.end > 2.9


def test_a_word_that_sounds_nowhere_is_not_cut():
    audio = talk((1.0, 2.0))
    assert filler_events(audio, said((1.0, 2.0, "Yes."), (6.0, 6.3, "uh")), [("uh",)]) == []


def test_nothing_found_is_said_and_nothing_is_changed():
    audio = talk((1.0, 2.0))
    result = remove_fillers(audio, said((1.0, 2.0, "Yes.")))
    assert isinstance(result, Noted) and "nothing was cut" in result.notes[0]
    assert edits_of(result).recording is audio


def test_unsure_short_words_between_pauses_are_told_and_left_in():
    audio = talk((1.0, 2.0), (2.5, 2.9), (3.4, 5.0))
    transcript = said((1.0, 2.0, "So"), (2.5, 2.9, "Thumb,"), (3.4, 5.0, "yes."), sure=0.4)
    result = remove_fillers(audio, transcript)
    assert edits_of(result).edits.events == ()
    assert any("'Thumb' at 2.5 s" in note for note in result.notes)
