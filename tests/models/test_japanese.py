"""Japanese is an extra; here it is installed."""

import pytest

from tonmeister.models.japanese import KANA, Japanese, mora_sounds
from tonmeister.models.phonemes import sentences_of
from tonmeister.models.writing_out import written_out


@pytest.fixture(scope="module")
def japanese() -> Japanese:
    return Japanese()


@pytest.mark.parametrize(
    ("katakana", "sounds"),
    [
        ("キョウ", "kʲoɯ"),
        ("シャッター", "ɕaʔtaː"),
        ("チョコレート", "ʨokoɾeːto"),
        ("ティーシャツ", "tʲiːɕaʦɨ"),
        ("フォーク", "ɸoːkɯ"),
        ("ヴァイオリン", "vaioɾʲiン"),
        ("ワ", "βa"),
        ("デス’", "desɨ"),
        ("ヶ", "ke"),
    ],
)
def test_morae_are_spelled_in_kokoros_alphabet(katakana: str, sounds: str):
    assert mora_sounds(katakana) == sounds


def test_every_kana_has_phonemes():
    alone = [chr(code) for code in range(0x30A1, 0x30FB)]
    assert [kana for kana in alone if not mora_sounds(kana)] == []
    assert len(KANA) > 130


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("新橋", "ɕimbaɕi"),
        ("三か月", "saŋkaɡeʦɨ"),
        ("三日間", "mʲiʔkakaɴ"),
        ("こんにちは。", "koɲɲiʨiβa."),
        ("東京へ", "toːkʲoːe"),
        ("「はい！」", "“hai!”"),
    ],
)
def test_readings_particles_nasals_and_marks(japanese: Japanese, text: str, sounds: str):
    assert japanese(text).replace(" ", "") == sounds


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("鉛筆を3本", "saɴboɴ"),
        ("犬が6匹", "ɾoʔpʲikʲi"),
        ("8月20日", "haʦɨka"),
        ("2026/04/01", "ʦɨitaʨi"),
        ("4:05に", "joʑi"),
        ("¥500", "ɡohʲakɯeɴ"),
        ("20歳", "hataʨi"),
        ("50%", "ɡoʥɨʔpaːseɴto"),
        ("3〜5人", "kaɾa"),
        ("-5度", "mainasɨ"),
        ("1/2", "bɯɴ"),
    ],
)
def test_numbers_are_read_as_what_they_count_asks(japanese: Japanese, written: str, said: str):
    def plain(sounds: str) -> str:
        spelled = sounds.replace(" ", "").replace("m", "ɴ").replace("n", "ɴ")
        return spelled.replace("ʥ", "ʑ").replace("ço", "hʲo").replace("ça", "hʲa")

    assert plain(said) in plain(japanese(written_out(written, "ja")))


def test_lines_of_a_paragraph_are_one_text(japanese: Japanese):
    assert japanese("東京 大学") == japanese("東京大学")
    assert japanese("") == japanese("  ") == ""


def test_sentences_end_without_a_space():
    found = [text for text, _ in sentences_of("「行こう。」と言った。終わり。")]
    assert found == ["「行こう。」と言った。", "終わり。"]
