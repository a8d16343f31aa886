import unicodedata

import pytest

from tonmeister.models.portuguese import Portuguese

# Word → phonemes: stress by spelling, nasal vowels, x and s, l at the end of a syllable.
WORDS = """
casa kˈazæ · cidade sˌidˈaʤy · carro kˈaxʊ · honra ˈoŋxæ · mar mˈar · porta pˈɔɾətæ · guerra
ɡˈɛxæ · água ˈaɡwæ · quase kwˈazy · tranquilo trˌɐ̃ŋkwˈilʊ · chave ʃˈavy · ninho nˈiɲʊ · exame
ˌezˈɐ̃my · próximo prˈɔsimʊ · táxi tˈaksi · caixa kˈIʃæ · sexta sˈestæ · leite lˈAʧy · dia ʤˈiæ
· noite nˈoɪʧy · mãe mˈɐ̃y · pão pˈɐ̃ʊ̃ · leões leˈõjs · homem ˈomAŋ · também tɐ̃mbˈAŋ · bom
bˈoŋ · fim fˈiŋ · campo kˈɐ̃mpʊ · tempo tˈAmpʊ · café kafˈɛ · avó avˈɔ · avô avˈo · feliz felˈis
· papel papˈɛʊ · sol sˈɔl · brasil brazˈiʊ · psicologia psˌikoloʒˈiæ · saúde sˌaˈuʤy · país
paˈis · rainha xˌaˈiɲæ · juiz ʒuˈis · história ˌistˈɔɾjæ · ciência sjˈAŋsjæ · pessoa pˌesˈoæ ·
ideia ˌidˈɛɪæ · meu mˈeʊ · família fˌæmˈiljæ · olhos ˈɔljʊs · mesmo mˈezmʊ · crescer kresˈer ·
exceção ˌesesˈɐ̃ʊ̃ · questão kestˈɐ̃ʊ̃ · girafa ʒˌiɾˈafæ · jornal ʒoɾənˈW · xadrez ʃadrˈes ·
cantaram kˌɐ̃ŋtˈaɾɐ̃ʊ̃ · jardim ʒaɾəʤˈiŋ · computador kˌomputadˈor · universidade
ˌunivˌeɾəsidˈaʤy · melhor meljˈɔr
"""
PAIRS = [tuple(pair.split()) for pair in " ".join(WORDS.split()).split(" · ")]


@pytest.mark.parametrize(("word", "spoken"), PAIRS, ids=[word for word, _ in PAIRS])
def test_spelling_tells_the_sounds(word: str, spoken: str):
    assert Portuguese()([word]) == [unicodedata.normalize("NFD", spoken)]


def test_small_words_have_no_stress():
    assert Portuguese()(["o", "livro", "da", "escola"]) == ["u", "lˈivrʊ", "da", "ˌeskˈɔlæ"]


def test_a_hyphen_separates_words():
    assert Portuguese()(["segunda-feira"]) == [unicodedata.normalize("NFD", "sˌeɡˈũŋdæ fˈAɾæ")]


@pytest.mark.parametrize("word", ["", "w", "xyz", "München", "rock'n'roll", "ã", "42"])
def test_no_word_is_too_strange(word: str):
    assert isinstance(Portuguese()([word])[0], str)
