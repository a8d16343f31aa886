"""What descriptions of sound say, in English and Portuguese."""

import pytest

from tonmeister.errors import ToolInputError
from tonmeister.tools.soundscape import Layer, parse_scene


def words_of(description: str) -> list[str]:
    return [layer.words for layer in parse_scene(description).layers]


@pytest.mark.parametrize(
    ("english", "portuguese", "layers"),
    [
        ("a motorcycle passing in the rain", "uma mota a passar à chuva", 2),
        ("a busy street with a distant siren", "uma rua movimentada com uma sirene ao longe", 2),
        ("a cat in a large hall", "um gato num salão grande", 1),
        ("a dog, birds and wind", "um cão, pássaros e vento", 3),
        ("a thunderstorm", "uma trovoada", 2),
    ],
)
def test_both_languages_say_the_same(english: str, portuguese: str, layers: int):
    one, other = parse_scene(english), parse_scene(portuguese)
    assert len(one.layers) == len(other.layers) == layers
    for here, there in zip(one.layers, other.layers, strict=True):
        assert (here.distance, here.motion, here.pan) == (there.distance, there.motion, there.pan)
    assert one.room == other.room


def test_distance_side_times_and_motion_are_taken_out_of_the_words():
    scene = parse_scene("a dog barking twice on the left and a distant train passing")
    assert scene.layers[0] == Layer("dog barking", pan=(-0.8, -0.8), times=2)
    assert scene.layers[1].words == "train passing"
    assert scene.layers[1].bare == "train"
    assert scene.layers[1].distance == "distant"
    assert scene.layers[1].motion == "passing"
    moving = parse_scene("um comboio a passar da esquerda para a direita").layers[0]
    assert moving.pan == (-0.9, 0.9)


@pytest.mark.parametrize(
    ("description", "times"),
    [
        ("a dog barking twice", 2),
        ("um cão a ladrar três vezes", 3),
        ("a dog barking twelve times", 12),
        ("a bell once", 1),
    ],
)
def test_counts_are_taken_out_of_the_words(description: str, times: int):
    (layer,) = parse_scene(description).layers
    assert layer.times == times
    assert layer.words in ("dog barking", "cão a ladrar", "bell")


@pytest.mark.parametrize(
    ("description", "seconds"),
    [
        ("rain for 10 s", 10.0),
        ("a busy street, 30 s", 30.0),
        ("2 minutes of crickets", 120.0),
        ("grilos durante 2 minutos", 120.0),
        ("chuva, 1,5 s", 1.5),
        ("rain for 1 minute and 30 seconds", 90.0),
        ("chuva durante meio minuto", 30.0),
        ("a cat", None),
    ],
)
def test_a_length_is_understood_and_not_taken_for_a_sound(description: str, seconds: float | None):
    scene = parse_scene(description)
    assert scene.duration == seconds
    assert not any(character.isdigit() for word in words_of(description) for character in word)


def test_rooms_are_no_sounds_and_places_are_kept():
    assert parse_scene("footsteps in a cathedral").room == parse_scene("passos na catedral").room
    forest = parse_scene("a dog barking in a forest")
    assert forest.room is None
    assert (forest.layers[0].head, forest.layers[0].where) == ("dog barking", "forest")


@pytest.mark.parametrize(
    ("description", "found"),
    [
        ("thunder, then rain", "follow one another"),
        ("a street that is not busy", "not to be heard"),
        ("uma rua que não é movimentada", "not to be heard"),
        ("without thunder", "names nothing"),
        ("...", "names nothing"),
        ("a dog barking 4000 times", "100 times at most"),
        ("rain for 3 hours", "10800 s was asked for"),
        ("dog " * 200, "characters"),
        ("a, b, c, d, e, f, g", "names 6 sounds|names 7 sounds"),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_reason(description: str, found: str):
    with pytest.raises(ToolInputError, match=found):
        parse_scene(description)


@pytest.mark.parametrize(
    ("description", "words", "times"),
    [
        ("three barks", "barks", 3),
        ("três latidos", "latidos", 3),
        ("a single bark", "bark", 1),
        ("um só latido", "latido", 1),
        ("two loud knocks on a door", "loud knocks on a door", 2),
        ("5 buzinadelas ao longe", "buzinadelas", 5),
        ("two dogs barking", "two dogs barking", None),
        ("a dog barking three times", "dog barking", 3),
        ("three cars", "three cars", None),
    ],
)
def test_a_number_of_events_is_how_often_and_a_number_of_things_is_not(
    description: str, words: str, times: int | None
):
    (layer,) = parse_scene(description).layers
    assert (layer.words, layer.times) == (words, times)


def test_what_is_not_to_be_heard_is_no_layer():
    scene = parse_scene("rain without thunder, with a dog barking, 10 s")
    assert [one.words for one in scene.layers] == ["rain", "dog barking"]
    assert scene.unwanted == ("thunder",) and scene.duration == 10.0
    assert parse_scene("rain in a hall, without a distant siren").unwanted == ("siren",)
    assert parse_scene("rain").unwanted == ()


@pytest.mark.parametrize("said", ["grilos no campo", "aplausos no teatro", "cães no quintal"])
def test_portuguese_no_says_where_and_takes_nothing_away(said: str) -> None:
    scene = parse_scene(said)
    assert [one.words for one in scene.layers] == [said] and scene.unwanted == ()
