"""Spanish, French and Italian: sounds from spelling."""

import pytest

from tonmeister.models.french import French
from tonmeister.models.italian import Italian
from tonmeister.models.spanish import Spanish

SPANISH = """
cielo θjˈelo · guerra ɡˈera · pingüino pˌiŋɡuˈino · queso kˈeso · gente xˈɛnte · llave ʎˈaβe ·
ayer aʝˈeɾ · rey rˈA · perro pˈero · caro kˈaɾo · agua ˈaɣwa · abogado ˌaβoɣˈaðo · texto tˈeksto ·
acción akθjˈon · huevo wˈeβo · hielo jˈelo · ciudad θjuðˈad · país paˈis · árbol ˈaɾβol ·
rápidamente rˈapiðamˈente · invierno imbjˈeɾno · tango tˈaŋɡo · noche nˈoʧe · reloj relˈox ·
causa kˈWsa · oigo ˈoɪɣo · había aβˈia · transporte tɾanspˈoɾte
"""
FRENCH = """
maison mɛzˈɔ̃ · enfants ɑ̃fˈɑ̃ · travail tʁavˈaj · soleil solˈɛj · famille famˈij · feuille fˈœj ·
bouteille butˈɛj · oiseau wazˈo · cœur kˈœʁ · peur pˈœʁ · deux dˈø · samedi samdˈi · nation nasjˈɔ̃ ·
question kɛstjˈɔ̃ · patient pasjˈɑ̃ · examen ɛɡzamˈɛ̃ · montagne mɔ̃tˈaɲ · guitare ɡitˈaʁ ·
garçon ɡaʁsˈɔ̃ · voyage vwajˈaʒ · moyen mwajˈɛ̃ · parlent pˈaʁl · souvent suvˈɑ̃ · chef ʃˈɛf ·
roi ʁwˈa · point pwˈɛ̃ · femme fˈam · monsieur məsjˈø
"""
ITALIAN = """
casa kˈaza · cielo ʧˈɛlo · ciao ʧˈao · chiesa kjˈɛza · ghiaccio ɡjˈaʧːo · giorno ʤˈorno ·
figlio fˈiʎo · gnocchi ɲˈokːɪ · scuola skʊˈɔla · pizza pˈiʦːa · città ʧitːˈa · perché perkˌe ·
tavolo tˈavolo · albero ˈalbero · macchina mˈakːina · acqua ˈakːwa · lingua lˈiŋɡwa ·
piede pjˈɛde · rosso rˈoSo · energia enerʤˈia · pesce pˈeʃe · possibile poSˈibile ·
prendere prˈɛndere · grazie ɡrˈaʦje · vicino viʧˈino
"""
CASES = [
    (reader, *pair.split())
    for reader, words in ((Spanish, SPANISH), (French, FRENCH), (Italian, ITALIAN))
    for pair in " ".join(words.split()).split(" · ")
]


@pytest.mark.parametrize(("reader", "word", "spoken"), CASES, ids=[case[1] for case in CASES])
def test_spelling_tells_the_sounds(reader: type, word: str, spoken: str):
    assert reader()([word]) == [spoken]


def test_spanish_consonants_are_soft_between_vowels_across_words():
    assert Spanish()(["una", "vaca", "de", "la", "granja"])[1:3] == ["βˈaka", "ðe"]
    assert Spanish()(["un", "vaso"]) == ["un", "bˈaso"] or "b" in Spanish()(["un", "vaso"])[1]


def test_french_words_are_linked():
    assert French()(["les", "enfants", "ont", "un", "ami"])[0] == "lez"
    assert French()(["les", "hauts", "murs"])[0] == "le"
    assert French()(["l'été"])[0].startswith("l")


@pytest.mark.parametrize("reader", [Spanish, French, Italian])
@pytest.mark.parametrize("word", ["", "w", "zzz", "'", "straße", "42", "a-b"])
def test_no_word_is_too_strange(reader: type, word: str):
    assert isinstance(reader()([word])[0], str)
