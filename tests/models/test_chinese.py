"""Chinese is an extra; here it is installed."""

import pytest

from tonmeister.models.chinese import Chinese, syllable
from tonmeister.models.phonemes import sentences_of
from tonmeister.models.writing_out import written_out
from tonmeister.models.writing_out_zh import cardinal


@pytest.fixture(scope="module")
def chinese() -> Chinese:
    return Chinese(lambda words: words.upper())


@pytest.mark.parametrize(
    ("pinyin", "sound"),
    [
        ("zhong1", "ꭧʊ→ŋ"),
        ("shi4", "ʂɨ↘"),
        ("zi5", "ʦɨ"),
        ("er2", "ɚ↗"),
        ("xue2", "ɕɥe↗"),
        ("nv3", "ny↓"),
        ("yu3", "y↓"),
        ("wu3", "u↓"),
        ("you3", "jou↓"),
        ("gui4", "kwei↘"),
        ("liu2", "ljou↗"),
        ("lun4", "lwə↘n"),
        ("jun1", "ʨy→n"),
        ("yuan2", "ɥɛ↗n"),
        ("bo1", "pwo→"),
        ("ri4", "ɻɨ↘"),
    ],
)
def test_a_syllable_is_spelled_in_kokoros_alphabet(pinyin: str, sound: str):
    assert syllable(pinyin) == sound


def test_every_syllable_of_the_dictionary_has_phonemes():
    from pypinyin import Style, pinyin
    from pypinyin.constants import PINYIN_DICT

    signs = "".join(chr(code) for code in PINYIN_DICT if 0x4E00 <= code <= 0x9FFF)
    read = pinyin(signs, style=Style.TONE3, neutral_tone_with_five=True)
    found = {one[0] for one in read}
    assert len(found) > 1_200
    assert [one for one in found if one[:-1].isalpha() and not syllable(one)] == []


def test_what_is_no_syllable_has_no_sound():
    assert syllable("") == syllable("7") == syllable("Q4") == syllable("brr1") == ""


def test_a_character_sounds_as_its_word_asks(chinese: Chinese):
    assert chinese("银行").endswith("xa↗ŋ")
    assert chinese("行人").startswith("ɕi↗ŋ")
    assert chinese("音乐").endswith("ɥe↘")
    assert chinese("快乐").endswith("lɤ↘")


def test_both_scripts_sound_the_same(chinese: Chinese):
    assert chinese("電話").replace(" ", "") == chinese("电话").replace(" ", "")


def test_marks_stay_and_latin_words_are_read_by_their_own_reader(chinese: Chinese):
    spoken = chinese("他说：“好的，再见！”（真的？）iPhone 很贵……")
    assert [mark for mark in spoken if mark in "：:“,!”(?)…"] == list(":“,!”(?)……")
    assert " IPHONE " in spoken
    assert "  " not in spoken


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (2, "二"),
        (10, "十"),
        (15, "十五"),
        (20, "二十"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1_010, "一千零一十"),
        (2_000, "两千"),
        (10_001, "一万零一"),
        (22_222, "两万两千二百二十二"),
        (120_000, "十二万"),
        (1_050_000, "一百零五万"),
        (102_000_000, "一亿零二百万"),
        (10**12 + 5, "一万亿零五"),
        (10**16, "一" + 16 * "零"),
    ],
)
def test_numbers_in_words(number: int, words: str):
    assert cardinal(number) == words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026年11月24日", "二零二六年十一月二十四日"),
        ("2026-11-24", "二零二六年十一月二十四日"),
        ("下午3:05", "下午三点零五分"),
        ("１０：３０", "十点三十分"),
        ("¥1,234.5", "一千二百三十四点五元"),
        ("$20", "二十美元"),
        ("20%的人", "百分之二十的人"),
        ("1/2", "二分之一"),
        ("气温-5°C", "气温负五摄氏度"),
        ("3.14km", "三点一四公里"),
        ("2个苹果和12个橘子", "两个苹果和十二个橘子"),
        ("2年级，第2名", "二年级，第二名"),
        ("2点半", "两点半"),
        ("1990-1995年", "一九九零到一九九五年"),
        ("3-5天", "三到五天"),
        ("90年代", "九十年代"),
        ("138-1234-5678", "幺三八，幺二三四，五六七八"),
        ("没有数字。", "没有数字。"),
    ],
)
def test_what_is_written_in_digits_is_said_in_words(written: str, said: str):
    assert written_out(written, "zh") == said


def test_sentences_end_without_a_space():
    found = [text for text, _ in sentences_of("你好。我是小明！他说：“好的。”然后走了……真的吗？")]
    assert found == ["你好。", "我是小明！", "他说：“好的。”然后走了……真的吗？"]
