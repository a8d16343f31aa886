"""What is not to be heard is read out of a description, and the rest is left as it was."""

import pytest

from tonmeister.sound_vocabulary import flat
from tonmeister.unwanted import without_unwanted


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("rain without thunder", "rain", ("thunder",)),
        ("chuva sem trovoada", "chuva", ("trovoada",)),
        ("rain, but no thunder", "rain", ("thunder",)),
        ("a street with no horns", "a street", ("horns",)),
        ("rain without any thunder or wind", "rain", ("thunder", "wind")),
        ("rain without thunder, wind or hail", "rain", ("thunder", "wind", "hail")),
        ("chuva sem trovões nem vento", "chuva", ("trovões", "vento")),
        ("rua sem carros, com um cão", "rua, com um cão", ("carros",)),
        ("rain without thunder, a dog barking", "rain, a dog barking", ("thunder",)),
        ("without thunder", "", ("thunder",)),
        ("a dog and a cat", "a dog and a cat", ()),
        ("a sempre-viva semeada", "a sempre-viva semeada", ()),
    ],
)
def test_what_is_not_to_be_heard_is_told_apart(text: str, wanted: str, unwanted: tuple[str, ...]):
    assert without_unwanted(text, flat(text)) == (wanted, unwanted)
