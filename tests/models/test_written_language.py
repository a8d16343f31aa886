import pytest

from tests.models.test_text_language import SENTENCES
from tonmeister.models.written_language import UNCLEAR, WrittenLanguage

MORE = {
    "de": ["Wir senden Ihnen morgen den Vertrag", "Der Zug fährt um acht Uhr"],
    "el": ["Θα σας στείλουμε το συμβόλαιο αύριο"],
    "es": ["Mi hermano compró un coche nuevo la semana pasada"],
    "fi": ["Lähetämme sinulle sopimuksen huomenna"],
    "hi": ["हम कल आपको अनुबंध भेजेंगे, कृपया उसे ध्यान से पढ़ें"],
    "it": ["Il treno parte alle otto", "Puoi aiutarmi a portare questa scatola"],
    "ja": ["明日契約書をお送りします"],
    "ko": ["내일 계약서를 보내 드리겠습니다"],
    "pt": ["O comboio parte às oito", "Choveu a noite toda e a rua está inundada"],
    "ru": ["Завтра мы отправим вам договор", "Поезд отправляется в восемь часов"],
    "uk": ["Завтра ми надішлемо вам договір"],
    "zh": ["明天我们会把合同寄给您"],
}
CASES = [
    (code, text) for texts in (SENTENCES, MORE) for code, lines in texts.items() for text in lines
]


@pytest.fixture(scope="module")
def namer() -> WrittenLanguage:
    return WrittenLanguage()


@pytest.mark.parametrize(("code", "text"), CASES)
def test_a_sentence_names_its_language_or_leaves_it_open(
    namer: WrittenLanguage, code: str, text: str
):
    best, probability = namer(text)[0]
    assert best == code or probability < UNCLEAR


def test_nearly_every_sentence_is_clear_and_right(namer: WrittenLanguage):
    clear = [namer(text)[0][1] >= UNCLEAR for _, text in CASES]
    assert sum(clear) / len(clear) > 0.95


@pytest.mark.parametrize("text", ["Tonmeister", "OK", "La La Land", "Maria Silva"])
def test_names_are_not_clear(namer: WrittenLanguage, text: str):
    assert namer(text)[0][1] < UNCLEAR


def test_without_letters_there_is_no_language(namer: WrittenLanguage):
    assert namer("12 + 3 = 15") == []


def test_probabilities_sum_to_one_and_fall(namer: WrittenLanguage):
    for text in ("O gato dorme", "The weather was lovely this morning."):
        shares = [share for _, share in namer(text)]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(1.0, abs=0.02)
