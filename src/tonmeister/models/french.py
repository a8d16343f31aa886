"""French words to Kokoro's phonemes, from their spelling, with liaison between words.

Source: Tranel, "The Sounds of French" (1987); Catach, "L'orthographe française" (1980). Spelling
does not tell whether -ent is heard, nor some final consonants; frequent words are listed.
"""

import re
import unicodedata
from collections.abc import Sequence

from tonmeister.models.letters import compiled, listed, pairs_of, sounds_of, words_of

__all__ = ["French"]

# Words without stress, with the sound that links them to a vowel that follows.
_WEAK = {
    word: (sounds, link)
    for word, sounds, link in (
        one.split(":")
        for one in listed(
            "le:lə: la:la: les:le:z de:də: du:dy: des:de:z un:œ̃:n une:yn: et:e: ou:u: où:u: à:a: "
            "a:a: au:o: aux:o:z en:ɑ̃:n dans:dɑ̃:z par:paʁ: pour:puʁ: sur:syʁ: sous:su:z "
            "sans:sɑ̃:z chez:ʃe:z que:kə: qui:ki: ne:nə: se:sə: ce:sə: me:mə: te:tə: je:ʒə: tu:ty: "
            "il:il: ils:il:z elle:ɛl: elles:ɛl:z on:ɔ̃:n nous:nu:z vous:vu:z mon:mɔ̃:n ton:tɔ̃:n "
            "son:sɔ̃:n ma:ma: ta:ta: sa:sa: mes:me:z tes:te:z ses:se:z ces:se:z cet:sɛt: "
            "cette:sɛt: nos:no:z vos:vo:z leur:lœʁ: leurs:lœʁ:z notre:nɔtʁ: votre:vɔtʁ: est:ɛ:t "
            "sont:sɔ̃:t ont:ɔ̃:t mais:mɛ:z si:si: quand:kɑ̃:t très:tʁɛ:z plus:plˈy:z pas:pˈa: c:s: "
            "d:d: j:ʒ: l:l: m:m: n:n: s:s: t:t: qu:k: jusqu:ʒysk: lorsqu:lɔʁsk: puisqu:pɥisk: y:i: "
            "lui:lyi: comme:kɔm: avec:avɛk: dont:dɔ̃:t quel:kɛl: deux:dˈø:z trois:tʁwˈa:z "
            "petit:pətˈi:t grand:ɡʁˈɑ̃:t gros:ɡʁˈo:z six:sˈis: dix:dˈis:"
        )
    )
}
_LINKING = words_of("bons grands petits grandes petites autres premier derniers plusieurs")
_WORDS = pairs_of(
    "monsieur:məsjˈø messieurs:mesjˈø femme:fˈam femmes:fˈam second:səɡˈɔ̃ seconde:səɡˈɔ̃d "
    "fils:fˈis œil:ˈœj yeux:jˈø sœur:sˈœʁ hier:jˈɛʁ mer:mˈɛʁ fer:fˈɛʁ hiver:ivˈɛʁ cher:ʃˈɛʁ "
    "ver:vˈɛʁ enfer:ɑ̃fˈɛʁ amer:amˈɛʁ super:sypˈɛʁ sept:sˈɛt huit:ɥˈit neuf:nˈœf cinq:sˈɛ̃k "
    "ville:vˈil villes:vˈil mille:mˈil tranquille:tʁɑ̃kˈil village:vilˈaʒ million:miljˈɔ̃ "
    "millions:miljˈɔ̃ milliard:miljˈaʁ août:ˈut eu:ˈy eut:ˈy fût:fˈy aujourd'hui:oʒuʁdyˈi "
    "quelqu'un:kɛlkˈœ̃ mars:mˈaʁs sens:sˈɑ̃s ours:ˈuʁs tous:tˈus automne:otˈɔn temps:tˈɑ̃ "
    "corps:kˈɔʁ pays:peˈi paysage:peizˈaʒ tabac:tabˈa estomac:ɛstomˈa porc:pˈɔʁ blanc:blˈɑ̃ "
    "franc:fʁˈɑ̃ banc:bˈɑ̃ clef:klˈe gentil:ʒɑ̃tˈi fusil:fyzˈi outil:utˈi sourcil:suʁsˈi "
    "cuiller:kyijˈɛʁ net:nˈɛt but:bˈyt est-ce:ˈɛs ouest:wˈɛst sud:sˈyd index:ɛ̃dˈɛks "
    "maths:mˈat parce:paʁs beaucoup:bokˈu trop:tʁˈo compter:kɔ̃tˈe compte:kˈɔ̃t "
    "sculpture:skyltˈyʁ examen:ɛɡzamˈɛ̃ bien:bjˈɛ̃ rien:ʁjˈɛ̃ ennui:ɑ̃nyˈi solennel:solanˈɛl "
    "euro:øʁˈo euros:øʁˈo internet:ɛ̃tɛʁnˈɛt week-end:wikˈɛnd mail:mˈɛl longtemps:lɔ̃tˈɑ̃ "
    "ennemi:ɛnmˈi ennemis:ɛnmˈi ai:ˈe j'ai:ʒˈe poêle:pwˈal maintenant:mɛ̃tnˈɑ̃ "
    "vraiment:vʁɛmˈɑ̃ fait:fˈɛ os:ˈɔs lorsque:lɔʁskə donc:dˈɔ̃k puis:pyˈi"
)
# Nouns and adjectives whose -ent is heard; in other words it is the ending of a verb.
_HEARD_ENT = re.compile(
    r"(?:[^aimr]ment|[aiou]nement|ement|iment|ument|^(?:v|c|d|l|g|qu)ent|oment|cident|sident|"
    r"content|argent|souvent|parent|talent|rent$|cent|gent|évident|excellent|équent|quent|tient|"
    r"client|vient|scient|présent|absent|accent|prudent|étudiant|patient|insolent|violent|couvent|"
    r"serpent|torrent|vêtement|adjacent|ment)s?$"
)
_SILENT_ENT = re.compile(
    r"(?:ferm|^aim|form|affirm|nomm|dorm|anim|exprim|consomm|cour|mour|entr|montr|rencontr|demeur|"
    r"pleur|tir|offr|ouvr|souffr|prépar|sépar|compar|respir|désir|ador|ignor|dur|assur|mesur|rest|"
    r"march|mang|chang|nag|voyag|partag|plong|charg|commenc|avanc|plac|lanc|renonc|annonc|"
    r"prononc|mett|batt|part|sort|sent|port|achèt|répèt|diff?èr|manqu|expliqu|indiqu|pratiqu|"
    r"appliqu|remarqu|voi|croi|ai|oi)ent$"
)
_RULES = compiled(
    (
        # Endings.
        (r"aient$|ait$|ais$|aît$|ai$", "ɛ"),
        (r"(?<=[at]t)ients?$|(?<=cl)ients?$|(?<=sc)ients?$|(?<=r)ients?$", "jɑ̃"),
        (r"ient$|iens$|ien(?=$|s$)", "jɛ̃"),
        (r"(?<=y)ens?$", "ɛ̃"),
        (r"ie(?=s?$)", "i"),
        (r"iez$", "je"),
        (r"(?<=.)(?:er|ez|ers)$", "e"),
        (r"ets?$", "ɛ"),
        (r"eds?$", "e"),
        (r"(?<=[aeiouyéèê][bcdfgjklmnprstvz])ements?$|(?<=ai)ments?$", "mɑ̃"),
        (r"ements?$", "əmɑ̃"),
        (r"ents?$", "ɑ̃"),
        (r"es?$(?<![éèê])", ""),
        (r"[eo]ufs$", "ø"),
        (r"(?<=[aeiouyéèêâîôûrlnm])[tdpsxz]{1,2}$|(?<=[cr])ts?$|(?<=g)ts?$|gts?$", ""),
        (r"(?<=[rlnmcf])s$|(?<=n)gs?$", ""),
        # Vowels with i, u, n, m.
        (r"eaux?|aux?|ôt$", "o"),
        (r"ueill?|euill?|œill?", "œj"),
        (r"œu(?=[rlfv])|eu(?=re?s?$|l|f|v|n[e$])", "œ"),
        (r"œu|eû|eu", "ø"),
        (r"oî", "wa"),
        (r"oin(?![aeiouyéèêhn])", "wɛ̃"),
        (r"oy(?=[aeiouéèê])", "waj"),
        (r"ay(?=[aeiouéèê])|ey(?=[aeiouéèê])", "ɛj"),
        (r"uy(?=[aeiouéèê])", "yij"),
        (r"oi", "wa"),
        (r"aill?(?=e|$|s$|[aoéè])", "aj"),
        (r"eill?(?=e|$|s$|[aoéè])", "ɛj"),
        (r"ouill?(?=e|$|[aoéè])", "uj"),
        (r"où|oû", "u"),
        (r"ou(?=[aeéèi](?!l))(?<!tou)", "w"),
        (r"ou", "u"),
        (r"(?<=[^aeoyéèê])ill(?=[aeoéè])", "ij"),
        (r"(?:ain|ein|aim|în|in|im|yn|ym)(?![aeiouyéèêâîôûhnm])", "ɛ̃"),
        (r"ien(?=[ct])", "jɑ̃"),
        (r"éen$", "eɛ̃"),
        (r"(?:an|am|en|em|aen|aon)(?![aeiouyéèêâîôûhnm])", "ɑ̃"),
        (r"^em(?=m)|^en(?=n)", "ɑ̃"),
        (r"(?:on|om)(?![aeiouyéèêâîôûhnm])", "ɔ̃"),
        (r"(?:un|um)(?![aeiouyéèêâîôûhnm])", "œ̃"),
        (r"aî|ai|eî|ei|ë|è|ê", "ɛ"),
        (r"é|æ", "e"),
        (r"ï", "i"),
        (r"e(?=([bcdfgjklmnpqrstvxz])\1)|e(?=[rlsxcpbd][bcdfgjkmnpqtvxzs])|e(?=[rlcxtf]$)", "ɛ"),
        (r"e(?=[cglprs]t)", "ɛ"),
        (r"^e(?=x)", "ɛ"),
        (r"(?<=[aeiouyéèêâ][bcdfgjklmnprstvz])e(?=[bcdfgjklmnprstvz][aeiouyéèêâ])", ""),
        (r"e", "ə"),
        (r"[aàâ]", "a"),
        (r"ill(?=$)", "ij"),
        (r"(?<=[bcdfghjklmnpqrstvxz])[iî](?=[aeoéèêɔ]|on)", "j"),
        (r"[iîy](?=[aeoéè])(?<=^.)", "j"),
        (r"[iîy]", "i"),
        (r"ô", "o"),
        (r"o(?=([bcdfgjklmnpqrtvxz])\1?es?$|[rlptcbdfg]$)", "ɔ"),
        (r"o(?=[rls][bcdfgklmnpqrtvxz]|ct|nn|mm|tt)", "ɔ"),
        (r"o", "o"),
        (r"(?<=[gq])u(?=[eiéèê])", ""),
        (r"[uùûü]", "y"),
        # Consonants.
        (r"(?<=s)t(?=ion)", "t"),
        (r"(?<=.)t(?=ion|iel|ieux|ience|ient|iaux)", "s"),
        (r"sch|sh|ch(?=r|l|n)(?<!.)", "ʃ"),
        (r"ch(?=[rln]|œ)|(?<=é)ch(?=o)", "k"),
        (r"ch", "ʃ"),
        (r"ph", "f"),
        (r"gn", "ɲ"),
        (r"th", "t"),
        (r"sc(?=[eiyéèê])|ç", "s"),
        (r"cc(?=[eiéèê])|xc(?=[eiéèê])", "ks"),
        (r"c(?=[eiîyéèê])", "s"),
        (r"qu?|ck|cqu|cc?|k", "k"),
        (r"ge(?=[aoâô])", "ʒ"),
        (r"g(?=[eiîyéèê])|j", "ʒ"),
        (r"gg?", "ɡ"),
        (r"(?<=[aeiouyéèêâîôûï])s(?=[aeiouyéèêâîôû])", "z"),
        (r"(?<=^e)x(?=[aeiouyéèêh])", "ɡz"),
        (r"x", "ks"),
        (r"h", ""),
        (r"bb", "b"),
        (r"dd", "d"),
        (r"ff", "f"),
        (r"ll", "l"),
        (r"mm", "m"),
        (r"nn", "n"),
        (r"pp", "p"),
        (r"rr", "ʁ"),
        (r"ss", "s"),
        (r"tt", "t"),
        (r"zz", "z"),
        (r"r", "ʁ"),
        (r"w", "w"),
    )
)  # fmt: skip
_VOWELS = "aeiouyøœɛɔəɑɐ"


class French:
    """Turns French words into phonemes."""

    def __call__(self, words: Sequence[str], sentence: Sequence[str] = ()) -> list[str]:
        """Return the phonemes of each word of a clause.

        Args:
            words: The words between two punctuation marks; "l'an" is one.
            sentence: All words of the sentence; of no account here.
        """
        plain = [_plain(word) for word in words]
        spoken: list[str] = []
        for index, word in enumerate(plain):
            following = plain[index + 1] if index + 1 < len(plain) else ""
            sounds = _word(word)
            if re.match(r"h?[aeiouyéèêâîôûœ]", following) and following not in _ASPIRATED:
                sounds += _linked(word)
            spoken.append(sounds)
        return spoken


_ASPIRATED = words_of(
    "héros haut haute hauts hautes hors honte hasard haine halte hangar haricot haricots "
    "homard huit onze oui hamster handicap hockey hollande hongrie hache hall ouistiti yaourt"
)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word.lower()).replace("’", "'")


def _linked(word: str) -> str:
    """Return the consonant that is heard before a vowel that follows."""
    last = re.split(r"['-]", word)[-1]
    if last in _WEAK:
        return _WEAK[last][1]
    return "z" if last in _LINKING and last.endswith(("s", "x")) else ""


def _word(word: str) -> str:
    if word in _WORDS:
        return _WORDS[word]
    if word in _WEAK:
        return _WEAK[word][0]
    parts = [part for part in re.split(r"['-]+", word) if part]
    if len(parts) > 1:
        return "".join(_word(part) for part in parts)
    if not parts:
        return ""
    return _stressed(_sounds(parts[0]))


def _sounds(word: str) -> str:
    plural = _SILENT_ENT.search(word) or (word.endswith("ent") and not _HEARD_ENT.search(word))
    if plural and not word.endswith("aient"):
        word = word.removesuffix("nt") + "s"
    spoken = sounds_of(word, _RULES)
    return re.sub(r"(?<=[^aeiouyøœɛɔə][lʁ])j(?=[eɔa])", "ij", spoken)


def _stressed(spoken: str) -> str:
    """Put the stress on the last full vowel."""
    places = [place for place, sound in enumerate(spoken) if sound in _VOWELS and sound != "ə"]
    if not places:
        places = [place for place, sound in enumerate(spoken) if sound == "ə"]
    if not places:
        return spoken
    return f"{spoken[: places[-1]]}ˈ{spoken[places[-1] :]}"
