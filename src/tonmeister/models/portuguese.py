"""Brazilian Portuguese words to Kokoro's phonemes, from their spelling.

Spelling says nearly all of it: which syllable is stressed (Acordo Ortográfico 1990, bases VIII to
XI) and every sound but the openness of stressed e and o, for which the endings and a list of
frequent words decide (Bisol, "Introdução a estudos de fonologia do português brasileiro", 2005).
The symbols are those Kokoro's Portuguese voices were trained with.
"""

import re
import unicodedata
from collections.abc import Sequence

from tonmeister.models.letters import pairs_of, words_of

__all__ = ["Portuguese"]

VOWELS = "aeiouáâãàéêíóôõúü"
_ACUTE = "áâéêíóôú"

# Words without stress of their own, and those whose sounds their letters do not tell.
_WORDS = pairs_of(
    "o:u a:a os:ʊs as:as e:i ou:ow de:ʤy do:dʊ da:da dos:dʊs das:das em:Aŋ no:nʊ na:na nos:nʊs "
    "nas:nas que:ky se:sy me:my te:ʧy lhe:ljy por:por para:pˌaɾæ com:koŋ um:ũŋ uma:ˌumæ "
    "uns:ũŋs umas:ˌumæs ao:W aos:Ws à:a às:as pelo:pˌelʊ pela:pˌelæ mas:mas lhes:ljys "
    "muito:mwˈiŋtʊ muita:mwˈiŋtæ muitos:mwˈiŋtʊs muitas:mwˈiŋtæs porque:pˌoɾəky quê:kˈe "
    "mui:mwˈiŋ pra:pra táxi:tˈaksi táxis:tˈaksis internet:ˌiŋteɾənˈɛʧy site:sˈIʧy show:ʃˈow "
    "email:imˈAW online:onlˈIny software:sˌofʧwˈɛr está:estˌa tem:tAŋ têm:tAŋ são:sɐ̃ʊ̃ "
    "ser:ser até:atˌɛ onde:ˌoŋʤy como:kˌomʊ desde:dˌezʤy sobre:sˌobry num:nũŋ numa:nˌumæ "
    "estão:estˌɐ̃ʊ̃ sem:sˌAŋ nem:nˌAŋ entre:ˌAŋtry oi:ˈoɪ boi:bˈoɪ foi:fˈoɪ fui:fˈuɪ sim:sˈiŋ"
)
# Where u after q or g is heard before e or i, and where x is not [ʃ] between vowels.
_HEARD_U = re.compile(
    r"(tran|fre|se|conse|elo|delin|e)qu(?=[eiéêí](?:n|st|[dl]o|ê|â|lo|r|v))|cinqu(?=e)|"
    r"(lin|pin|bilín|san|un|aver|à?a|ambi)gu(?=[eiéêí](?:ç|m\b|n|s|ç|ll?o|r[ae]))"
)
_HEARD_WORDS = re.compile(
    r"^(tranquil|frequent|frequênc|sequênc|consequ|sequestr|eloquen|delinqu|equestr|equin|cinquent|"
    r"linguiç|linguíst|linguist|pinguim|pinguin|bilíngu|aguent|unguent|ambigu|sagui|arguid|quinqu)"
)
_X_SOUNDS = (
    (re.compile(r"^(pró|apro|má|trou|au)x(?=[ií]m|im|e|[ií])"), r"\1S"),
    (re.compile(r"^(ane|comple|fle|refle|fi|se|ne|cone|or?to|to|ma|bo|o|cru|pro|lé|sa|taxi|para|"
                r"conve|perple|prefi|sufi|cru|fluxo|fu|intox|hete|unis)x(?=[aeioáéíóõ])"), r"\1ks"),
)  # fmt: skip

# Openness of the stressed e and o where no accent mark tells it.
_OPEN = words_of(
    "ela elas bela belas janela janelas dela delas nela aquela aquelas novela panela escola "
    "festa velho velha velhos velhas belo castelo amarelo amarela martelo paralelo ferro certo "
    "perto aberto deserto concerto inverno caderno inferno moderno eterno terno dez sete nove "
    "quer mulher colher qualquer sequer papel hotel anel mel céu pé fé café melhor maior pior "
    "menor redor sol só nós vós avó nosso nossos nossa nossas vosso vossa modo modos copo "
    "copos solo foto fotos moto motos voto votos logo colo lote polo método objeto objetos "
    "projeto projetos direto direta completo completa concreto correto correta secreto "
    "discreto teto neto neta netos inseto resto gesto gestos honesto protesto modesto processo "
    "processos sucesso acesso congresso progresso excesso verso versos universo diverso "
    "diversos verbo zero quero espero sincero sério metro metros quilômetro sexo reflexo "
    "complexo peça peças moeda queda ideia ideias meia eco cérebro técnico cerca servo essa "
    "essas esta estas pressa promessa travessa remessa conversa nervo peste leste oeste teste "
    "tese bebe leve neve breve greve deve devem escreve escrevem cresce parece parecem conhece "
    "conhecem acontece merece aparece esquece povos ovos jogos olhos corpos portos fogos "
    "postos ossos novos nova novas grosso pode podem forte fortes norte morte sorte corte "
    "posse bode nobre pobre cobre torre hospede poste gosta gostam mora moram joga toca tocam "
    "volta voltam mostra mostram resposta porta"
)
_CLOSED = words_of(
    "boca bocas moça moças força forças pessoa pessoas boa boas coroa toda todas lagosta bolsa "
    "cebola forma lobo sopa roda-viva gota garota garotas folha folhas escolha rolha bolha "
    "ponta caneta letra letras estrela estrelas zebra seda cabeça mesa igreja cereja certeza "
    "beleza princesa orelha ovelha defesa empresa surpresa sobremesa despesa mesma mesmas seca "
    "cesta sexta cera pera esse esses este estes ele eles aquele aqueles dele deles nele rede "
    "redes parede paredes verde verdes sede hoje meses arroz doze doce doces fosse onde "
    "governo texto textos cesto exagero êxito gelo cabelo cabelos modelo modelos apelo pelo "
    "pelos selo zelo vermelho espelho conselho joelho cedo medo dedo dedos segredo brinquedo "
    "preto preta pretos peso preço preços começo endereço berço terço desejo beijo queijo "
    "tenho venho tempo senhor doutor professor cor flor amor valor favor motor calor autor"
)
_OPEN_ENDINGS = re.compile(
    r"(?:[eo]l|e(?:rt|rn|rs|rv|st|ss|t|r|x)os?|e(?!s[aeiou]|[zjNLmnxS])[^aeiou]{1,3}as?|oz|"
    r"o(?![aLNmnS]|lh)[^aeiouãõ]{1,2}as?|[eo](?![mnNj]|lh|ce)[^aeiou]{1,2}es?)$"
)

_OPEN_EIA = re.compile(r"^(?:id|assembl|plat|estr|gel|europ|epop|odiss|colm|panac|boul)eias?$")
# One letter, or letters, of the prepared word at a time; the first pattern that fits counts. The
# stress mark stands before its vowel.
_RULES = [
    (re.compile(pattern), sounds)
    for pattern, sounds in (
        # Nasal diphthongs, then vowels closed by m or n.
        (r"ão", "ɐ̃ʊ̃"),
        (r"ãW", "ɐ̃ʊ̃"),
        (r"ã[eJ]", "ɐ̃y"),
        (r"õ[eJ]", "õj"),
        (r"am$", "ɐ̃ʊ̃"),
        (r"[eéê](?:m|n)(?=s?$)", "Aŋ"),
        (r"[aáâã][mn](?=[pb])", "ɐ̃m"),
        (r"[eéê][mn](?=[pb])", "Am"),
        (r"[ií][mn](?=[pb])", "im"),
        (r"[oóôõ][mn](?=[pb])", "om"),
        (r"[uúü][mn](?=[pb])", "ũm"),
        (r"[aáâã][mn](?=[^aeiouáâãàéêíóôõúmnNJWˈ]|$)", "ɐ̃ŋ"),
        (r"[eéê][mn](?=[^aeiouáâãàéêíóôõúmnNJWˈ])", "Aŋ"),
        (r"[ií][mn](?=[^aeiouáâãàéêíóôõúmnNJWˈ]|$)", "iŋ"),
        (r"[oóôõ][mn](?=[^aeiouáâãàéêíóôõúmnNJWˈ]|$)", "oŋ"),
        (r"[uúü][mn](?=[^aeiouáâãàéêíóôõúmnNJWˈ]|$)", "ũŋ"),
        # Diphthongs, with l at the end of a syllable heard as [w].
        (r"[aáâ]J", "I"),
        (r"[aáâ](?:W|l(?=[^aeiouáâãàéêíóôõúJWˈ]|$))", "W"),
        (r"é(?:W|l(?=[^aeiouáâãàéêíóôõúJWˈ]|$))", "ɛʊ"),
        (r"[eê]W", "eʊ"),
        (r"el(?=s?$)", "ɛʊ"),
        (r"[eê]l(?=[^aeiouáâãàéêíóôõúJWˈ]|$)", "eʊ"),
        (r"éJ", "ɛɪ"),
        (r"[eê]J", "A"),
        (r"óJ", "Y"),
        (r"[oô]J", "oɪ"),
        (r"oW|oul", "ow"),
        (r"óW", "ɔw"),
        (r"[ií](?:W|l(?=[^aeiouáâãàéêíóôõúJWˈ]|$))", "iʊ"),
        (r"[uú]J", "uɪ"),
        (r"[uúü](?:W|l(?=[^aeiouáâãàéêíóôõúJWˈ]|$))", "uw"),
        (r"ól$", "ɔl"),
        (r"ól(?=[^aeiouáâãàéêíóôõúJWˈ]|$)", "ɔw"),
        (r"[oô]l(?=[^aeiouáâãàéêíóôõúJWˈ]|$)", "ow"),
        # Weak vowels at the end of a word.
        (r"(?<!ˈ)o(?=s?$)", "ʊ"),
        (r"(?<!ˈ)e(?=s?$)", "y"),
        (r"(?<!ˈ)a(?=s?$)", "æ"),
        # a before a nasal, then single vowels.
        (r"(?<=ˈ)[aáâ](?=[mnN])|a(?=N)|ã", "ɐ̃"),
        (r"a(?=[mn])", "æ"),
        (r"[aáâà]", "a"),
        (r"é(?=[mnN])", "e"),
        (r"ó(?=[mnN])", "o"),
        (r"é", "ɛ"),
        (r"ó", "ɔ"),
        (r"[eê]", "e"),
        (r"[oôõ]", "o"),
        (r"(?<!ˈ)i(?=[aeo]s?$|ˈ?ê)", "j"),
        (r"(?<!ˈ)u(?=[aeo]s?$)", "w"),
        (r"[ií]", "i"),
        (r"[uúü]", "u"),
        # Consonants.
        (r"t(?=ˈ?[iíJ])|t(?=es?$)", "ʧ"),
        (r"d(?=ˈ?[iíJ])|d(?=es?$)", "ʤ"),
        (r"t$", "ʧy"),
        (r"d$", "ʤy"),
        (r"^r|(?<=[nlsmz])r|R", "x"),
        (r"r(?=ˈ?[aeiouáâãàéêíóôõúü])", "ɾ"),
        (r"r$|r(?=s$)", "r"),
        (r"r", "ɾə"),
        (r"s(?=[bdgGvzmnlrjLR])", "z"),
        (r"(?<=[aeiouáâãàéêíóôõúüJW])s(?=ˈ?[aeiouáâãàéêíóôõúü])", "z"),
        (r"z$|z(?=s$)", "s"),
        (r"[sS]", "s"),
        (r"^x|(?<=[nJW])x", "ʃ"),
        (r"(?<=^e)x(?=ˈ?[aeiouáâãàéêíóôõúü])|(?<=^ˈ[eê])x(?=[aeiou])|(?<=ine)x(?=ˈ?[ai])", "z"),
        (r"x(?=[ptkqcfSs])", "s"),
        (r"x$", "ks"),
        (r"x", "ʃ"),
        (r"C", "ʃ"),
        (r"L", "lj"),
        (r"N", "ɲ"),
        (r"G", "ɡ"),
        (r"j", "ʒ"),
        (r"y", "i"),
        (r"J", "j"),
        (r"W|w", "w"),
        (r"c|q", "k"),
    )
]
# Between vowel and r of one syllable, as in "prato", Kokoro knows a plain r.
_CLUSTER = re.compile(r"(?<=[pbtdkɡfv])ɾ(?!ə)")


class Portuguese:
    """Turns Portuguese words into phonemes, spoken as in Brazil."""

    def __call__(self, words: Sequence[str], sentence: Sequence[str] = ()) -> list[str]:
        """Return the phonemes of each word of a clause.

        Args:
            words: The words between two punctuation marks.
            sentence: All words of the sentence; of no account here.
        """
        return [self._word(word) for word in words]

    def _word(self, word: str) -> str:
        small = unicodedata.normalize("NFC", word.lower().replace("’", "").replace("'", ""))
        if small in _WORDS:
            return unicodedata.normalize("NFD", _WORDS[small])
        if "-" in small:
            return " ".join(self._word(part) for part in small.split("-") if part)
        prepared = _prepared(small)
        stressed = _stressed(prepared)
        if stressed is None:
            return _sounds(prepared)
        opened = _opened(small, prepared, stressed)
        spoken = _sounds(f"{opened[:stressed]}ˈ{opened[stressed:]}")
        follows = re.sub(r"^(ão|õ[eJ]|ã[eJ])", "", prepared[stressed:])[1:]
        return _with_secondary(spoken, last=not any(letter in VOWELS for letter in follows))


def _prepared(word: str) -> str:
    """Write digraphs and the second halves of diphthongs with one letter each."""
    if _HEARD_WORDS.match(word):
        word = re.sub(r"([qg])u(?=[eiéêí])", r"\1W", word)
    for pattern, sounds in _X_SOUNDS:
        word = pattern.sub(sounds, word)
    word = re.sub(r"ch", "C", word)
    word = word.replace("lh", "L").replace("nh", "N").replace("ph", "f").replace("th", "t")
    word = re.sub(r"qu(?=[eiéêí])", "k", word)
    word = re.sub(r"gu(?=[eiéêí])", "G", word)
    word = re.sub(r"q[uW]", "kW", word)
    word = re.sub(r"gu(?=[aoáãõâ])|gW", "GW", word)
    word = re.sub(r"s?ç|ss|s?c(?=[eiéêíy])|xc(?=[eiéêí])", "S", word)
    word = re.sub(r"g(?=[eiéêíy])", "j", word).replace("g", "G")
    word = word.replace("rr", "R").replace("h", "").replace("ck", "k")
    word = re.sub(r"([bdfklmnptvzG])\1", r"\1", word)
    # i and u after a vowel are its second half, but for "ra-i-nha", "ju-iz", "a-in-da".
    apart = r"(?!N|[lmnrz](?:$|[^aeiouáâãàéêíóôõú]))"
    word = re.sub(rf"(?<=[aeoáâéêóôõã])i{apart}|(?<=u)i(?!u){apart}", "J", word)
    return re.sub(rf"(?<=[aeoiáâéêóôí])u{apart}(?![aeoáéó])", "W", word)


def _stressed(word: str) -> int | None:
    """Return the place of the stressed vowel of a prepared word."""
    places = [place for place, letter in enumerate(word) if letter in VOWELS]
    if not places:
        return None
    marked = [place for place in places if word[place] in _ACUTE]
    marked = marked or [place for place in places if word[place] in "ãõ"][-1:]
    if marked:
        return marked[0]
    if len(places) > 1 and re.search(r"(?:[aeo]s?|am|ens?|em)$", word):
        # "ão" and "õe" are one syllable and were found above.
        return places[-2]
    return places[-1]


def _opened(spelling: str, prepared: str, stressed: int) -> str:
    """Mark the stressed e or o as open where the word is known, or its ending tells."""
    letter = prepared[stressed]
    if _OPEN_EIA.match(spelling):
        return f"{prepared[:stressed]}é{prepared[stressed + 1 :]}"
    if letter not in "eo" or spelling in _CLOSED:
        return prepared
    rest = prepared[stressed:]
    if re.match(r"[eo](?:[mnN]|[JW])", rest):
        return prepared
    if spelling in _OPEN or _OPEN_ENDINGS.match(rest):
        return prepared[:stressed] + ("é" if letter == "e" else "ó") + prepared[stressed + 1 :]
    return prepared


def _sounds(word: str) -> str:
    spoken, place = "", 0
    while place < len(word):
        for pattern, sounds in _RULES:
            if found := pattern.match(word, place):
                spoken += sounds
                place = found.end()
                break
        else:
            spoken += word[place]
            place += 1
    before, mark, rest = _CLUSTER.sub("r", spoken).partition("ˈ")
    # After the stress a is weak: "sá-ba-do". Kokoro's tilde is a character of its own.
    return unicodedata.normalize("NFD", before + mark + rest[:1] + rest[1:].replace("a", "æ"))


def _with_secondary(spoken: str, *, last: bool) -> str:
    """Give every other syllable before the stress a weaker one, from the first on.

    Args:
        spoken: Phonemes of a word, its stress marked.
        last: Whether the stress is on the last syllable.
    """
    before, mark, rest = spoken.partition("ˈ")
    vowels = [place for place, sound in enumerate(before) if sound in "aeiouɐæɛɔAIWY"]
    weak = [place for place in vowels[::2] if place != vowels[-1]]
    if not weak and not last:
        weak = vowels[:1]
    for place in reversed(weak):
        before = f"{before[:place]}ˌ{before[place:]}"
    return before + mark + rest
