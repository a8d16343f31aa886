"""Italian words to Kokoro's phonemes, from their spelling.

Spelling tells the sounds; it marks the stress only on the last syllable, so that endings and a list
of frequent words decide where it is on the third from the end (Serianni, "Grammatica italiana",
1989, I.165 to I.187).
"""

import re
import unicodedata
from collections.abc import Sequence

from tonmeister.models.letters import compiled, pairs_of, sounds_of, words_of

__all__ = ["Italian"]

_WEAK = pairs_of(
    "il:il lo:lo la:la i:i gli:ʎɪ le:le un:ʊn e:e di:dɪ a:a da:da in:in con:kon su:su per:per "
    "tra:tra fra:fra non:non mi:mɪ ti:tɪ si:sɪ ci:ʧɪ vi:vɪ ne:ne se:se che:ke del:del al:al "
    "dal:dal nel:nel sul:sul col:kol o:o ed:ed ad:ad ho:ɔ ha:a hai:aj uno:ˌʊno una:ˌʊna c:ʧ "
    "l:l d:d ma:ma dell:dell all:all nell:nell sull:sull dall:dall un':ʊn jeans:ʤˈins "
    "euro:ˈɛʊro internet:ˈinternet computer:kompjˈuter"
)
_HALF_WEAK = words_of(
    "della delle dello degli dei alla alle allo agli ai dalla dalle nella nelle nello negli "
    "nei sulla sulle sullo sugli sui hanno mia tua sua nostra nostri nostro perché questo "
    "quando era ogni anche come dove"
)
# Stressed on the third syllable from the end.
_EARLY_ENDINGS = re.compile(
    r"(?:(?:[aeiou]b|[gcdrt]|m|n|s|v)il[ei]|evol[ei]|ic[oahie]{1,2}|issim[oaie]|udin[ei]|aggin[ei]|"
    r"(?:log|graf|fon|metr|crat|fil|fag|dot|stat)[oaie]|gine|gini|[aei]rono|[aei]vano|"
    r"[aeio]ssero|ebbero|ssimo|ltim[oaie]|[uo]l[oaie]|tesim[oaie]|esim[oaie]|"
    r"(?:ndere|ggere|ncere|ngere|rdere|rgere|ttere|rrere|scere|sere|vere|dere|gliere|mere|ssere))$"
)
_LATE_OL = words_of(
    "solo sola soli sole figliolo figliola lenzuolo scuola scuole suolo ruolo ruoli volo voli "
    "parola parole nuvola-no crudele gola tricolore consolo controllo"
)
_LATE = words_of(
    "vedere avere sapere potere dovere volere tenere cadere rimanere piacere bicchiere "
    "quartiere mestiere sedere godere temere valere aprile gentile civile febbrile sottile "
    "cortile fucile barile ostile virile amico amici amica amiche nemico nemici antico antica "
    "antichi fatica formica dico dica ruscello bugia"
)
_EARLY = words_of(
    "tavolo tavoli tavola albero alberi macchina macchine sabato subito camera camere lettera "
    "lettere opera opere povero povera poveri giovane giovani uomini pagina pagine anima anime "
    "numero numeri popolo isola isole secolo angolo piccolo piccola piccoli piccole singolo "
    "parlano vivono sono-no vedono dicono fanno-no possono vogliono devono prendono leggono "
    "scrivono sentono mangiano lavorano amano aprono corrono erano escono vengono tengono "
    "rimangono nascono crescono conoscono perdono-no chiedono rispondono ridono credono "
    "mettono zucchero gambero genere cenere limite ordine termine origine margine vergine "
    "fulmine esame-no domani-no attimo minimo massimo prossimo prossima pessimo ottimo ottima "
    "legittimo intimo anonimo sinonimo Napoli napoli modena genova padova domenica cinema-no "
    "telefono microfono semaforo stomaco monaco medico meccanico esercito merito debito "
    "credito spirito abito gomito solito visita perdita vendita nascita crescita rapido timido "
    "umido liquido solido tiepido rigido lucido splendido stupido candido rendita civico "
    "portico traffico energico codice vertice indice pollice forbici radice-no vescovo femmina "
    "lampada lacrima chitarra-no sillaba virgola regola favola nuvola nuvole tegola pentola "
    "fragola bambola scatola pillola molecola formula cellula ridicolo pericolo articolo "
    "veicolo articoli spettacolo miracolo ostacolo circolo titolo capitolo cavolo diavolo "
    "zoccolo cuccioli leggero-no ricevere credere vivere scrivere chiudere ridere uccidere "
    "decidere perdere rendere prendere vendere scendere spendere difendere attendere ripetere "
    "muovere piovere bere-no essere crescere nascere conoscere riconoscere mettere promettere "
    "leggere piangere giungere spingere stringere vincere correre rompere chiedere rispondere "
    "nascondere corrispondere fondere ardere gesù-no numero tenero semplice semplici complice "
    "maschera pecora ancora-no suocera vipera fegato sindaco manica fabbrica logica musica "
    "unico unica pubblico pubblica politica clinica ultima ultimi ultime giudice principe "
    "giocano abitano arrivano tornano entrano portano cominciano pensano"
)
_OPEN_O = words_of(
    "cosa cose rosa poco però può ho oggi otto nove notte porta porte storia storie stori "
    "memoria forte morte sposa uomo uomini buono buona nuovo nuova cuore fuori scuola uovo "
    "luogo fuoco gioco popolo opera povero nostro nostri nostra nostre vostro vostra poi "
    "noi-no troppo troppa donna forma norma moda modo parola-no figliolo volta volte molto-no "
    "colpa corpo posto posta costa sport foglia voglia moglie-no soldi toro oro collo doppio "
    "occhio occhi ginocchio"
)
_OPEN_E = words_of(
    "bene sempre tempo vento cento gente niente presente mente-no sette terra guerra ferro "
    "letto bello bella belle belli cielo piede piedi ieri era erano essere leggere prendere "
    "vendere spendere scendere attendere festa testa finestra maestro maestra fratello sorella "
    "castello cappello anello mezzo mezza prezzo pezzo lento lenta senza-no europa idea sei "
    "lei prego certo aperto aperta coperto inverno inferno governo eterno moderno foresta "
    "molestia energia-no perdo verso universo diverso diversa gelo vieni viene bestia medico "
    "secolo genere genova zero serio materia miseria seria silenzio scienza pazienza "
    "esperienza differenza violenza presenza spente vecchio vecchia vecchi specchio meglio "
    "esercito problema sistema tema tenero"
)
_HIATUS = frozenset(["paura", "paure", "baule"])
# "energia" but "storia": an ending -ia with its own stress.
_STRESSED_I = re.compile(
    r"(?:(?:log|graf|sof|nom|arch|craz|man|fob|fon|pat|tom|metr|iatr|gam|farmac|bug|poliz|malatt|"
    r"compagn|allegr|fantas|gelos|cortes|poes|energ|signor|lotter|batter|pizzer|librer|oster|"
    r"macceller|galler|segreter|abbaz|magi|regi|strateg|terap|geometr|simpat|armon|sinfon|part|"
    r"sc)i[ae]|pend[ií]o|mormor[ií]o|add[ií]o)$"
)
_RULES = compiled(
    (
        (r"cch(?=ˈ?[eièéì])", "kː"),
        (r"ch(?=ˈ?[eièéì])", "k"),
        (r"gh(?=ˈ?[eièéì])", "ɡ"),
        (r"sc(?=ˈ?[eèé])|sci(?=ˈ?[aouàòù])|sc(?=ˈ?[iì])", "ʃ"),
        (r"cci(?=ˈ?[aouàòù])|cc(?=ˈ?[eièéì])", "ʧː"),
        (r"ci(?=ˈ?[aouàòùeèé])|c(?=ˈ?[eièéì])", "ʧ"),
        (r"ggi(?=ˈ?[aouàòù])|gg(?=ˈ?[eièéì])", "ʤː"),
        (r"gli(?=ˈ?[aeouàèéòù])|gl(?=i)", "ʎ"),
        (r"gn", "ɲ"),
        (r"gi(?=ˈ?[aouàòù])|g(?=ˈ?[eièéì])", "ʤ"),
        (r"cqu|ccu(?=ˈ?[aeio])", "kːw"),
        (r"qu", "kw"),
        (r"gu(?=ˈ?[aeioèé])", "ɡw"),
        (r"cc|kk", "kː"),
        (r"gg", "ɡː"),
        (r"bb", "bː"),
        (r"pp", "pː"),
        (r"tt", "tː"),
        (r"dd", "dː"),
        (r"ss", "S"),
        (r"rr", "rɾ"),
        (r"(?<=^me)zz|(?<=^a)zz(?=ˈ?u)", "ʣː"),
        (r"zz", "ʦː"),
        (r"n(?=g[^niel])", "ŋ"),
        (r"^z", "ʣ"),
        (r"z", "ʦ"),
        (r"(?<=[aeiouàèéìòù])s(?=ˈ?[aeiouàèéìòù])|s(?=[bdgvlmnr])", "z"),
        (r"(?<=[bcdfghlmnpqrstvz])i(?=ˈ?[aouàòùeèéɛɔ])|i(?=ˈ?[eè])", "j"),
        (r"^i(?=ˈ?[aeouè])", "j"),
        (r"^u(?=ˈ?[aeoò])", "w"),
        (r"u(?=ˈ[oò])", "ʊ"),
        (r"(?<=[aeouòè])i$", "i"),
        (r"(?<!ˈ)i$", "ɪ"),
        (r"(?<=[aeè])u", "ʊ"),
        (r"[aà]", "a"),
        (r"è", "ɛ"),
        (r"[eé]", "e"),
        (r"[iìí]", "i"),
        (r"ò", "ɔ"),
        (r"[oó]", "o"),
        (r"[uùú]", "u"),
        (r"[cq]", "k"),
        (r"g", "ɡ"),
        (r"h", ""),
        (r"x", "ks"),
        (r"y", "i"),
        (r"j", "j"),
    )
)


class Italian:
    """Turns Italian words into phonemes."""

    def __call__(self, words: Sequence[str], sentence: Sequence[str] = ()) -> list[str]:
        """Return the phonemes of each word of a clause.

        Args:
            words: The words between two punctuation marks; "l'anno" is one.
            sentence: All words of the sentence; of no account here.
        """
        return [_word(word) for word in words]


def _word(word: str) -> str:
    small = unicodedata.normalize("NFC", word.lower()).replace("’", "'")
    if "-" in small:
        return " ".join(_word(part) for part in small.split("-") if part)
    if "'" in small:
        return "".join(_word(part) for part in small.split("'") if part)
    if small in _WEAK:
        return _WEAK[small]
    place = _stress(small)
    if place is None:
        return sounds_of(small, _RULES)
    letter = _opened(small, place)
    spoken = sounds_of(f"{small[:place]}ˈ{letter}{small[place + 1 :]}", _RULES)
    return spoken.replace("ˈ", "ˌ") if small in _HALF_WEAK else spoken


def _stress(word: str) -> int | None:
    """Return the place of the stressed vowel."""
    for place, letter in enumerate(word):
        if letter in "àèéìíòóùú":
            return place
    nuclei = _nuclei(word)
    if not nuclei:
        return None
    if len(nuclei) == 1 and (hiatus := re.search(r"[iu](?=[aeo]$)", word)):
        return hiatus.start() if not re.search(r"[cg]i|[qg]u", word) else nuclei[0]
    if _STRESSED_I.search(word):
        return len(word) - 2
    if len(nuclei) == 1 or re.search(r"[aeou]i$", word) or not re.search(r"[aeiou]$", word):
        return nuclei[-1]
    early = word in _EARLY or (
        _EARLY_ENDINGS.search(word) and word not in _LATE and word not in _LATE_OL
    )
    return nuclei[-3 if early and len(nuclei) > 2 else -2]


def _nuclei(word: str) -> list[int]:
    """Return the places of the vowels that make syllables."""
    silent = re.compile(r"(?:(?<=[cg])|(?<=sc)|(?<=gl))i(?=[aou])|(?<=q)u|(?<=g)u(?=[aeio])")
    glide = re.compile(r"i(?=[aeou])|u(?=[oaei].)")
    places: list[int] = []
    for place, letter in enumerate(word):
        if letter not in "aeiou":
            continue
        if silent.match(word, place) or glide.match(word, place):
            continue
        # The second half of "ai", "au", "eu", "oi" is no syllable of its own.
        second = letter in "iu" and places and places[-1] == place - 1
        if second and word[place - 1] in "aeo" and word not in _HIATUS:
            continue
        places.append(place)
    return places


def _opened(word: str, place: int) -> str:
    """Return the stressed letter, open where the word is known or its neighbours tell."""
    letter = word[place]
    if letter == "o" and (word in _OPEN_O or word[place - 1 : place] == "u"):
        return "ò"
    diphthong = word[place - 1 : place] == "i" and place > 0
    ending = re.match(r"e(?:ll[aoei]|nz[ae]|nt[ei]|rt[oaie]|st[ao])$", word[place:])
    if letter == "e" and (word in _OPEN_E or diphthong or ending):
        return "è"
    return letter
