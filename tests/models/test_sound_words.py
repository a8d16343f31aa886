import pytest

from tonmeister.models.sound_names import EVERYDAY
from tonmeister.models.sound_names_foreign import FOREIGN
from tonmeister.models.sound_words import SOUND_WORDS, SoundWords

pytestmark = pytest.mark.weights


# None of these stands in a table of names.
@pytest.mark.parametrize(
    ("description", "label"),
    [
        ("a dog barks at the postman", "Bark"),
        ("um cão que ladra muito", "Bark"),
        ("el ladrido de un perro", "Bark"),
        ("un petit chien", "Dog"),
        ("собака", "Dog"),
        ("狗叫", "Bark"),
        ("the bell at the front door", "Doorbell"),
        ("uma campainha a tocar", "Doorbell"),
        ("heavy rain", "Rain"),
        ("está a chover", "Rain"),
        ("la pluie qui tombe", "Rain"),
        ("eine Katze miaut", "Meow"),
        ("a passing motorbike", "Motorcycle"),
        ("somebody coughs", "Cough"),
        ("o latido de um cachorro", "Bark"),
        ("uma sirene de polícia", "Police car (siren)"),
        ("the audience applauds", "Applause"),
        ("ガラスが割れる音", "Shatter"),
        ("the toilet is flushed", "Toilet flush"),
    ],
)
def test_words_of_any_language_find_their_class(
    sound_words: SoundWords, description: str, label: str
):
    found = [one.label for one in sound_words.classes(description)]
    assert label in found[:4], found


# The sentence encoder alone takes each of them for something else.
@pytest.mark.parametrize(
    ("description", "label"),
    [
        ("Eine Krähe", "Crow"),
        ("ente", "Duck"),
        ("Un gallo!", "Chicken, rooster"),
        ("UNE OIE", "Goose"),
        ("eine Geige", "Violin, fiddle"),
        ("la zanzara", "Mosquito"),
        ("le feu d\u2019artifice", "Fireworks"),
    ],
)
def test_a_name_that_is_listed_is_looked_up_with_any_article_case_or_mark(
    sound_words: SoundWords, description: str, label: str
):
    (best, *_) = sound_words.classes(description)
    assert (best.label, best.weight, best.likeness) == (label, 1.0, 1.0)


@pytest.mark.parametrize(
    "description", ["tax return", "quantum physics", "democracia", "the year 1995", "un contrat"]
)
def test_what_no_sound_is_called_means_no_class(sound_words: SoundWords, description: str):
    assert sound_words.classes(description) == ()
    assert len(sound_words.nearest(description)) == 3


def test_the_best_class_comes_first_with_full_weight(sound_words: SoundWords):
    found = sound_words.classes("church bells")
    assert (found[0].label, found[0].weight) == ("Church bell", 1.0)
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
    assert all(0.0 <= one.weight <= 1.0 for one in found)


def test_every_class_with_everyday_names_exists(sound_words: SoundWords):
    assert set(EVERYDAY) | set(FOREIGN) <= set(sound_words._labels)
    assert all(name for names in EVERYDAY.values() for name in names)


def test_both_checkpoints_are_in_one():
    assert {"model.onnx", "weights.npz"} <= set(SOUND_WORDS.files)
