"""What is heard is told in sentences, and questions are answered with the times they rest on."""

import re

import numpy as np
import pytest

from scripts.recordings import pulled
from tests.models.mixtures import music, singing, sound
from tonmeister.artifacts import Segment, SpeakerTurn, SpeakerTurns, Transcript, Word
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.answering import SoundAnswerer
from tonmeister.models.captioning import SoundCaptioner
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.models.spleeter import SPLEETER
from tonmeister.models.yamnet import YAMNET
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights
RATE = 22_050
BARKS = (1.0, 3.2, 5.5, 8.0)


@pytest.fixture(scope="module")
def answerer() -> SoundAnswerer:
    pulled(SPLEETER)
    loaded = SoundAnswerer()
    loaded.load(pulled(SOUND_WORDS), 1)
    return loaded


@pytest.fixture(scope="module")
def captioner() -> SoundCaptioner:
    loaded = SoundCaptioner()
    loaded.load(pulled(YAMNET), 1)
    return loaded


@pytest.fixture(scope="module")
def barking() -> Waveform:
    """A dog that barks four times in 10 s."""
    single = sound("Dog1.wav", RATE)
    samples = 0.002 * np.random.default_rng(1).standard_normal(10 * RATE).astype(np.float32)
    for start in BARKS:
        at = round(start * RATE)
        samples[at : at + len(single)] += 2.0 * single
    return Waveform(samples, RATE)


def answered(
    answerer: SoundAnswerer,
    waveform: Waveform,
    question: str,
    language: str = "en",
    transcript: Transcript | None = None,
    turns: SpeakerTurns | None = None,
) -> str:
    audio = Audio.from_waveform(waveform)
    return answerer(audio, question, transcript, turns, language).text


def clocks(text: str) -> list[float]:
    return [
        60.0 * int(minutes) + float(rest) for minutes, rest in re.findall(r"(\d+):(\d+\.\d)", text)
    ]


@pytest.mark.parametrize(
    ("question", "language", "count"),
    [
        ("How many times does the dog bark?", "en", "4 times"),
        ("Quantas vezes ladra o cão?", "pt", "4 vezes"),
    ],
)
def test_barks_are_counted_and_their_times_told(
    answerer: SoundAnswerer, barking: Waveform, question: str, language: str, count: str
):
    said = answered(answerer, barking, question, language)
    assert count in said
    assert clocks(said) == pytest.approx(BARKS, abs=0.2)


def test_an_answer_carries_the_facts_it_rests_on(answerer: SoundAnswerer, barking: Waveform):
    audio = Audio.from_waveform(barking)
    made = answerer(audio, "how many times does the dog bark?", None, None, "en")
    assert made.basis[0] == "length: 10.0 s"
    assert len(made.basis) > 1
    assert all(line.endswith("“dog bark”") for line in made.basis[1:])
    assert answerer(audio, "why does it bark?", None, None, "en").basis == ()


def test_a_question_about_words_rests_on_the_passages_with_them(
    answerer: SoundAnswerer, barking: Waveform
):
    segments = (Segment(0.0, 2.0, "Nothing."), Segment(2.0, 5.0, "To “Lisbon” by 7."))
    said = Transcript("en", segments, 10.0)
    audio = Audio.from_waveform(barking)
    made = answerer(audio, "when does she mention Lisbon?", said, None, "en")
    assert made.basis == ("length: 10.0 s", "0:02.0–0:05.0 said: “To Lisbon by 7.”")


def test_one_bark_less_is_counted_as_one_less(answerer: SoundAnswerer, barking: Waveform):
    said = answered(answerer, barking.part(0.0, 7.0), "how many times does the dog bark?")
    assert "3 times" in said


def test_other_sounds_are_not_counted_with_them(answerer: SoundAnswerer, barking: Waveform):
    samples = barking.samples[0].copy()
    for start, file in ((2.0, "Cat.mp3"), (4.2, "Cough-male.wav"), (6.7, "Goose.wav")):
        other = sound(file, RATE)[: round(0.6 * RATE)]
        samples[round(start * RATE) : round(start * RATE) + len(other)] += 2.0 * other
    said = answered(answerer, Waveform(samples, RATE), "how many times does the dog bark?")
    assert "4 times" in said
    assert clocks(said) == pytest.approx(BARKS, abs=0.2)


def test_what_is_not_heard_is_not_counted(answerer: SoundAnswerer, barking: Waveform):
    for question in ("how many times does the siren sound?", "is there a siren?"):
        said = answered(answerer, barking, question)
        assert "was not heard" in said and not clocks(said)
    assert "não se ouviu" in answered(answerer, barking, "há alguma sirene?", "pt")


def test_when_and_how_long_are_told_with_times(answerer: SoundAnswerer, barking: Waveform):
    starts = clocks(answered(answerer, barking, "when does the dog bark?"))[::2]
    assert all(min(abs(start - bark) for bark in BARKS) < 1.1 for start in starts)
    assert answered(answerer, barking, "does the dog bark?").startswith("Yes")
    assert "10.0 s" in answered(answerer, barking, "how long is the recording?")
    assert "LUFS" in answered(answerer, barking, "how loud is the recording?")


@pytest.mark.parametrize(("level_db", "louder"), [(8.0, "music"), (-8.0, "voice")])
def test_music_and_voice_are_compared_by_their_stems(
    answerer: SoundAnswerer, level_db: float, louder: str
):
    voice = singing()[: 10 * 44_100]
    backing = np.float32(10 ** (level_db / 20)) * music("Triumph", len(voice))
    mixture = Waveform(voice + backing, 44_100)
    said = answered(answerer, mixture, "is the music louder than the voice?")
    assert said.startswith(f"“{louder}” is louder")
    assert "parting voice and music" in said
    (difference,) = re.findall(r"by ([\d.]+) LU", said)
    assert float(difference) == pytest.approx(8.0, abs=3.5)


TRANSCRIPT = Transcript(
    "en",
    (
        Segment(
            0.5,
            3.0,
            "We met in Lisbon, of course.",
            words=(
                Word(0.5, 0.7, "We"),
                Word(0.7, 0.9, "met"),
                Word(0.9, 1.0, "in"),
                Word(1.0, 1.6, "Lisbon,"),
                Word(1.6, 1.8, "of"),
                Word(1.8, 2.4, "course."),
            ),
        ),
        Segment(
            5.0, 7.0, "Lisbon again.", words=(Word(5.0, 5.6, "Lisbon"), Word(5.6, 6.5, "again."))
        ),
    ),
    10.0,
)


@pytest.mark.parametrize(
    ("question", "wanted", "found"),
    [
        ("when does she mention Lisbon?", "twice", [1.0, 5.0]),
        ("how many times does he say “of course”?", "once", [1.6]),
        ("is Porto mentioned?", "does not appear", []),
        ("what language is spoken?", "“en”", []),
    ],
)
def test_questions_about_words_are_answered_from_the_transcript(
    answerer: SoundAnswerer, barking: Waveform, question: str, wanted: str, found: list[float]
):
    said = answered(answerer, barking, question, transcript=TRANSCRIPT)
    assert wanted in said
    assert clocks(said) == pytest.approx(found)


def test_speakers_are_counted_by_their_turns(answerer: SoundAnswerer, barking: Waveform):
    turns = SpeakerTurns((SpeakerTurn(0.0, 2.0, "Ana"), SpeakerTurn(2.0, 4.0, "Rui")), 10.0)
    said = answered(answerer, barking, "how many people speak?", turns=turns)
    assert said == "2 speakers were told apart: Ana and Rui."


@pytest.mark.parametrize("question", ["when does she mention Lisbon?", "quantas pessoas falam?"])
def test_what_a_question_needs_is_asked_for(
    answerer: SoundAnswerer, barking: Waveform, question: str
):
    with pytest.raises(ToolInputError, match=r"transcript|turns"):
        answered(answerer, barking, question)


@pytest.mark.parametrize("question", ["why is it so loud?", "who is she?", "porque ladra ele?"])
def test_what_cannot_be_measured_is_declined_in_words(
    answerer: SoundAnswerer, barking: Waveform, question: str
):
    language = "pt" if "porque" in question else "en"
    said = answered(answerer, barking, question, language)
    assert said.startswith(("That cannot be answered", "A isso não se responde"))


def caption(
    captioner: SoundCaptioner,
    waveform: Waveform,
    language: str = "en",
    transcript: Transcript | None = None,
) -> str:
    return captioner(Audio.from_waveform(waveform), transcript, language).text


def test_a_caption_names_what_is_heard_and_nothing_else(
    captioner: SoundCaptioner, barking: Waveform, two_cities: Waveform
):
    said = caption(captioner, barking)
    assert said.startswith("In 10.0 s, ") and "bark" in said and "LUFS" in said
    assert not any(word in said for word in ("speaks", "music", "snake", "noise"))
    assert "ladrar" in caption(captioner, barking, "pt")
    said = caption(captioner, two_cities.part(0.0, 12.0), transcript=TRANSCRIPT)
    assert "somebody speaks almost all the time, in English" in said
    assert "bark" not in said


def test_a_caption_of_music_says_so(captioner: SoundCaptioner):
    loop = Waveform(music("Triumph", 8 * RATE, RATE), RATE)
    assert "music plays" in caption(captioner, loop)
    assert "há música" in caption(captioner, loop, "pt")


def test_a_caption_of_silence_says_so(captioner: SoundCaptioner):
    silent: Samples = np.zeros((1, 2 * RATE), np.float32)
    assert caption(captioner, Waveform(silent, RATE)) == "The recording of 2.0 s is silent."
    assert "silêncio" in caption(captioner, Waveform(silent, RATE), "pt")


def test_the_loudest_sound_is_named_with_its_time(answerer: SoundAnswerer, barking: Waveform):
    samples = barking.samples[0].copy()
    goose = sound("Goose.wav", RATE)[: round(0.8 * RATE)]
    at = round(6.5 * RATE)
    samples[at : at + len(goose)] += goose * (8.0 * np.abs(samples).max() / np.abs(goose).max())
    loud = Waveform(0.9 * samples / np.abs(samples).max(), RATE)
    said = answered(answerer, loud, "what is the loudest sound?")
    assert re.search("goose|honk|duck|quack", said)
    assert clocks(said) == pytest.approx([6.9], abs=0.5)
    said = answered(answerer, barking, "qual é o som mais alto?", "pt")
    assert "ladrar" in said or "cão" in said
    assert "No: no mains hum" in answered(answerer, barking, "is there any hum in it?")
