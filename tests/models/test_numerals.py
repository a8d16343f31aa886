import pytest

from tonmeister.models.numerals import cardinal, digits, ordinal, roman_value


@pytest.mark.parametrize(
    ("number", "en", "pt", "es", "fr", "it"),
    [
        (0, "zero", "zero", "cero", "zéro", "zero"),
        (21, "twenty-one", "vinte e um", "veintiuno", "vingt et un", "ventuno"),
        (71, "seventy-one", "setenta e um", "setenta y uno", "soixante et onze", "settantuno"),
        (80, "eighty", "oitenta", "ochenta", "quatre-vingts", "ottanta"),
        (100, "one hundred", "cem", "cien", "cent", "cento"),
        (101, "one hundred one", "cento e um", "ciento uno", "cent un", "centouno"),
        (1000, "one thousand", "mil", "mil", "mille", "mille"),
        (1100, "one thousand one hundred", "mil e cem", "mil cien", "mille cent", "mille cento"),
        (
            2026,
            "two thousand twenty-six",
            "dois mil e vinte e seis",
            "dos mil veintiséis",
            "deux mille vingt-six",
            "duemila ventisei",
        ),
        (1_000_000, "one million", "um milhão", "un millón", "un million", "un milione"),
        (-5, "minus five", "menos cinco", "menos cinco", "moins cinq", "meno cinque"),
    ],
)
def test_numbers_in_words(number: int, en: str, pt: str, es: str, fr: str, it: str):
    said = {language: cardinal(number, language) for language in ("en", "pt", "es", "fr", "it")}
    assert said == {"en": en, "pt": pt, "es": es, "fr": fr, "it": it}


def test_portuguese_numbers_agree_with_feminine_nouns():
    assert cardinal(2, "pt", feminine=True) == "duas"
    assert cardinal(231, "pt", feminine=True) == "duzentas e trinta e uma"
    assert cardinal(1234, "pt") == "mil duzentos e trinta e quatro"
    assert cardinal(2_500_000, "pt") == "dois milhões e quinhentos mil"


def test_ranks_in_words():
    assert [ordinal(n, "en") for n in (1, 2, 3, 12, 20, 21, 100)] == [
        *("first", "second", "third", "twelfth", "twentieth", "twenty-first", "one hundredth")
    ]
    assert ordinal(21, "pt", feminine=True) == "vigésima primeira"
    assert ordinal(345, "pt") == "trecentésimo quadragésimo quinto"


def test_numbers_too_large_for_names_are_read_digit_by_digit():
    assert cardinal(10**15, "en").startswith("one zero zero")
    assert digits("555-1234", "en") == "five five five, one two three four"


def test_roman_numerals_are_strict():
    assert roman_value("MCMXCIV") == 1994
    assert roman_value("IV") == 4
    assert [roman_value(text) for text in ("IIII", "IC", "", "ABC", "iv")] == [None] * 5
