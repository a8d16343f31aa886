from tonmeister.artifacts import Word
from tonmeister.models.sentences import MAX_DURATION, sentences


def spoken(text: str, *, length: float = 0.3, pauses: dict[int, float] | None = None) -> list[Word]:
    words, now = [], 0.0
    for index, word in enumerate(text.split()):
        now += (pauses or {}).get(index, 0.0)
        words.append(Word(now, now + length, f" {word}"))
        now += length
    return words


def texts(words: list[Word]) -> list[str]:
    return [segment.text for segment in sentences(words)]


def test_a_sentence_end_ends_a_segment():
    assert texts(spoken("It is. Is it? Yes!")) == ["It is.", "Is it?", "Yes!"]


def test_an_abbreviation_without_a_breath_does_not():
    assert texts(spoken("Then Mr. Dashwood came.")) == ["Then Mr. Dashwood came."]
    assert texts(spoken("It was Ben. Then he left.", pauses={3: 0.5})) == [
        "It was Ben.",
        "Then he left.",
    ]


def test_a_long_pause_ends_a_segment():
    assert texts(spoken("one two three four", pauses={2: 1.5})) == ["one two", "three four"]


def test_a_long_sentence_is_cut_at_its_comma_and_no_word_is_lost():
    words = spoken("well " * 30 + "so, " + "then " * 35)
    segments = sentences(words)
    assert len(segments) == 2
    assert segments[0].text.endswith("so,")
    assert all(segment.end - segment.start <= MAX_DURATION for segment in segments)
    assert sum(len(segment.words) for segment in segments) == len(words)


def test_words_lose_their_spaces_and_languages_without_spaces_get_none():
    chinese = [Word(i * 0.2, i * 0.2 + 0.2, sign) for i, sign in enumerate("你好。再见。")]
    assert texts(chinese) == ["你好。", "再见。"]
    assert [word.text for word in sentences(spoken("so be it"))[0].words] == ["so", "be", "it"]
