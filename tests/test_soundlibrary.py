"""The table of recorded sounds: complete, licensed, and true to the files it names."""

import hashlib
from pathlib import Path

import pytest

from scripts.recordings import pulled
from tonmeister.models.sound_recordings import SOUND_LIBRARY, file_of
from tonmeister.soundlibrary import DUTIES, duties_of, matching, recorded_sounds


def test_every_recording_has_captions_a_licence_an_author_and_an_origin():
    sounds = recorded_sounds()
    assert len(sounds) > 200
    assert len({one.name for one in sounds}) == len(sounds)
    for one in sounds:
        assert one.caption and one.caption_pt and one.credit and one.package and one.member, (
            one.name
        )
        assert one.licence in DUTIES, one.name
        assert one.kind in ("event", "loop", "pass") and one.duration > 0.0, one.name
        assert len(one.sha256) == 64, one.name


def test_duties_are_told_once_and_licences_that_do_not_agree_are_told_of():
    assert duties_of(["CC-BY-3.0", "CC-BY-3.0"]) == [
        "CC-BY-3.0: name the author when you share the result."
    ]
    assert duties_of(["a licence nobody knows"]) == []
    assert not any("different terms" in one for one in duties_of(["CC-BY-SA-3.0", "CC0-1.0"]))
    assert "different terms" in duties_of(["CC-BY-SA-3.0", "GPL-2.0-or-later"])[-1]


def test_words_find_recordings_in_both_languages_and_without_accents():
    sounds = recorded_sounds()
    assert {one.caption for one in matching("motorcycle", sounds)} == {"motorcycle passing by"}
    assert matching("cão", sounds) == matching("CAO", sounds) != []
    assert matching("a dog barking", sounds)
    assert matching("unicorn", sounds) == []
    assert matching("", sounds) == list(sounds)


@pytest.mark.weights
def test_the_recordings_are_the_ones_the_table_names():
    folder = pulled(SOUND_LIBRARY)
    for one in recorded_sounds():
        content = Path(folder / file_of(one)).read_bytes()
        if one.place is not None:
            first, size = one.place
            content = content[first : first + size]
        assert hashlib.sha256(content).hexdigest() == one.sha256, one.name
