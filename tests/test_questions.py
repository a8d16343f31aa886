"""Questions about recordings are read into what they ask, and all others are left alone."""

import pytest

from tonmeister.questions import AudioQuestion, read_question
from tonmeister.sound_vocabulary import flat, is_sound


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("How many times does the dog bark?", ("count", "dog bark", "", "en")),
        ("Quantas vezes ladra o cão?", ("count", "ladra o cão", "", "pt")),
        ("is the music louder than the voice?", ("louder", "music", "voice", "en")),
        ("is the voice quieter than the music?", ("quieter", "voice", "music", "en")),
        ("a música está mais alta do que a voz?", ("louder", "música", "voz", "pt")),
        ("when does she mention Lisbon?", ("when_said", "Lisbon", "", "en")),
        ("quando é que ela fala de Lisboa?", ("when_said", "Lisboa", "", "pt")),
        ("how many times does he say “good morning”?", ("count_said", "good morning", "", "en")),
        ("how long does the siren last?", ("how_long", "siren", "", "en")),
        ("how loud is the recording?", ("how_loud", "", "", "en")),
        ("how much of it is speech?", ("how_much", "speech", "", "en")),
        ("when is there a siren in street.wav?", ("when", "siren", "", "en")),
        ("quantas pessoas falam?", ("speakers", "", "", "pt")),
        ("what language is spoken?", ("language", "", "", "en")),
        ("is there any hum in it?", ("hum", "", "", "en")),
        ("does talk.wav have a 50 Hz hum?", ("hum", "", "", "en")),
        ("há zumbido de rede nisto?", ("hum", "", "", "pt")),
        ("is it clipped?", ("clipped", "", "", "en")),
        ("where is the recording clipping?", ("clipped", "", "", "en")),
        ("isto está a saturar?", ("clipped", "", "", "pt")),
        ("is it stereo?", ("channels", "", "", "en")),
        ("é estéreo?", ("channels", "", "", "pt")),
        ("isto é mono ou estéreo?", ("channels", "", "", "pt")),
        ("how many channels does it have?", ("channels", "", "", "en")),
        ("what is the sample rate?", ("sample_rate", "", "", "en")),
        ("qual é a frequência de amostragem?", ("sample_rate", "", "", "pt")),
        ("what is the loudest sound?", ("loudest_sound", "", "", "en")),
        ("qual é o som mais alto?", ("loudest_sound", "", "", "pt")),
        ("where is it loudest?", ("loudest", "", "", "en")),
        ("onde está mais alto?", ("loudest", "", "", "pt")),
        ("how long is it?", ("how_long", "", "", "en")),
    ],
)
def test_a_question_is_read_into_what_it_asks(text: str, asked: tuple[str, str, str, str]):
    assert read_question(text) == AudioQuestion(*asked)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "why is it so loud?",
        "when is there a concert?",
        "is there a way to fix this?",
        "how many times should I practise?",
        "how many dogs are there?",
        "does she like music?",
        "remove the dog barking",
        "how many times does the dog bark and why?",
        "quantas vezes devo ensaiar?",
        "remove the hum",
        "make it stereo",
        "stereo",
        "who is the loudest?",
        "is the loudest singer here?",
        "is it clipped enough for a radio voice?",
    ],
)
def test_everything_else_is_left_alone(text: str):
    assert read_question(text) is None


def test_what_must_be_made_first_is_told():
    needs = {
        "when does she mention Lisbon?": "transcript",
        "how many people speak?": "turns",
        "how many times does the dog bark?": "",
    }
    for text, needed in needs.items():
        asked = read_question(text)
        assert asked is not None and asked.needs == needed


def test_sounds_are_known_by_their_words():
    assert is_sound("ladrar do cão") and is_sound("the dog bark")
    assert not is_sound("the dog's name") and not is_sound("of the") and not is_sound("")
    assert flat("Cão É") == "cao e"
