"""What the recognizer says itself: questions, small talk, and what it can do, in two languages."""

import re
from collections.abc import Iterable, Mapping

from tonmeister.planner.answers import Chat, Command, Question
from tonmeister.planner.slots import fold
from tonmeister.registry import Catalog

__all__ = ["abilities", "ask_which", "command_for", "small_talk"]

_VERBS: Mapping[str, tuple[str, str]] = {
    "transcribe": ("transcribe", "transcrever"),
    "write_subtitles": ("make subtitles for", "legendar"),
    "enhance_speech": ("clean up", "limpar"),
    "detect_sounds": ("listen to for sounds", "ouvir à procura de sons"),
    "detect_speech": ("search for speech", "percorrer à procura de fala"),
    "trim": ("cut", "cortar"),
    "remove_part": ("cut a part out of", "encurtar"),
    "mix": ("mix", "misturar"),
    "normalize_loudness": ("normalise", "normalizar"),
    "change_gain": ("make louder or quieter", "pôr mais alta ou mais baixa"),
    "fade": ("fade", "tratar com fade"),
    "change_speed": ("make faster or slower", "tornar mais rápida ou mais lenta"),
    "change_pitch": ("change the pitch of", "mudar de tom"),
    "remove_silence": ("tighten", "limpar de silêncios"),
    "resample": ("resample", "converter"),
    "to_mono": ("turn into mono", "converter para mono"),
    "convert_format": ("convert", "converter"),
    "extract_audio": ("take the sound from", "usar para extrair o áudio"),
    "draw_spectrogram": ("draw the spectrogram of", "desenhar em espectrograma"),
    "draw_waveform": ("draw the waveform of", "desenhar em forma de onda"),
    "describe_audio": ("describe", "descrever"),
}
_SUMMARIES_PT: Mapping[str, str] = {
    "transcribe": "Escrever o que se diz numa gravação, com o tempo de cada palavra.",
    "synthesize_speech": "Ler um texto em voz alta.",
    "enhance_speech": "Tirar o ruído de fundo de uma gravação de voz.",
    "detect_speech": "Encontrar quando alguém fala numa gravação.",
    "detect_sounds": "Listar os sons que se ouvem numa gravação e quando.",
    "describe_audio": "Medir uma gravação: duração, formato, sonoridade, picos, silêncio, fala, música.",
    "trim": "Guardar a parte de uma gravação entre dois tempos.",
    "remove_part": "Apagar a parte de uma gravação entre dois tempos.",
    "join": "Juntar gravações, umas a seguir às outras.",
    "mix": "Tocar uma gravação por cima de outra.",
    "normalize_loudness": "Levar uma gravação a uma sonoridade em LUFS.",
    "change_gain": "Pôr uma gravação mais alta ou mais baixa.",
    "fade": "Fazer fade no início e no fim de uma gravação.",
    "change_speed": "Tocar uma gravação mais depressa ou mais devagar sem mudar o tom.",
    "change_pitch": "Subir ou descer o tom de uma gravação sem mudar a velocidade.",
    "remove_silence": "Cortar os silêncios de uma gravação.",
    "resample": "Converter uma gravação para outra taxa de amostragem.",
    "to_mono": "Converter uma gravação para mono.",
    "convert_format": "Guardar uma gravação noutro formato de áudio.",
    "write_subtitles": "Escrever legendas, texto ou JSON a partir de uma transcrição.",
    "extract_audio": "Tirar o som de um vídeo.",
    "draw_waveform": "Desenhar a forma de onda de uma gravação.",
    "draw_spectrogram": "Desenhar o espectrograma de uma gravação.",
}
_COMMANDS = (
    ("undo", r"undo(?: (?:that|it|this|the last (?:step|change|one)))?|take (?:that|it) back"
     r"|(?:desfaz|desfazer|desfaca|anula|anular)(?: (?:isso|isto|o ultimo(?: passo)?|a ultima alteracao))?"
     r"|volta atras|voltar atras"),
    ("redo", r"redo(?: (?:that|it|this))?|(?:refaz|refazer|refaca)(?: (?:isso|isto))?"),
    ("explain", r"(?:which|what) models? (?:did|made|was used for|were used for|do|used) (?:that|this|it)"
     r"|(?:which|what) models? (?:did you use|was used|were used)(?: for (?:that|this|it))?"
     r"|how (?:did you do|did you make|was) (?:that|this|it)(?: (?:done|made))?|explain(?: (?:that|this|it|what you did))?"
     r"|(?:que|qual|quais)(?: foi o| foram os)? modelos? (?:que )?(?:fez|fizeram|usaste|usou|foi usado|foram usados|produziu)"
     r"(?: (?:isso|isto|aquilo))?|como (?:e que )?(?:fizeste|fez|foi feito) (?:isso|isto|aquilo)|explica(?:-me)?(?: (?:isso|isto))?"),
    ("list", r"list(?: (?:the )?(?:files|results|everything|recordings|artifacts))?"
     r"|what (?:do we have|have we got|is there|files are there|files do we have)(?: so far| now)?"
     r"|show (?:me )?(?:the |all )?(?:files|results|what we have)"
     r"|(?:lista|listar|mostra|mostrar)(?:-me)?(?: (?:os |todos os )?(?:ficheiros|resultados)| tudo| o que temos)?"
     r"|o que (?:e que )?(?:temos|ha)(?: ate agora| agora)?|que ficheiros (?:temos|ha)"),
)  # fmt: skip
_TALK = (
    ("hello", r"(?:hi|hello|hey|good (?:morning|afternoon|evening)|ola|oi|bom dia|boa tarde|boa noite)(?: there| tonmeister)?"
     r"(?: (?:how are you|how are you doing|tudo bem|como estas|como esta))?|how are you(?: doing)?|tudo bem|como estas"),
    ("thanks", r"(?:ok |great |perfect |otimo |perfeito )?(?:thanks|thank you|thank you very much|thanks a lot|many thanks|cheers|obrigad[oa]|muito obrigad[oa])"
     r"(?: (?:very much|a lot|so much|that's great|that is great|great|perfect|esta otimo|esta perfeito|pela ajuda|for your help|tonmeister))?"
     r"|(?:that's |that is )?(?:great|perfect|nice|cool|wonderful)|(?:esta |ficou )?(?:otimo|perfeito|fixe)"),
    ("bye", r"(?:good)?bye|bye bye|goodbye|see you(?: later)?|adeus|tchau|ate (?:logo|amanha|a proxima)"),
    ("able", r"what can you do(?: for me)?|what do you do|what are you able to do|help|help me|how can you help(?: me)?"
     r"|who are you|what are you|what is this|what tools do you have"
     r"|(?:o que|que) (?:e que )?(?:podes|sabes|consegues|pode|sabe|consegue) fazer(?: por mim)?|ajuda|ajuda-me|quem es(?: tu)?"
     r"|o que es(?: tu)?|que ferramentas tens"),
)  # fmt: skip
_REPLIES: Mapping[str, tuple[str, str]] = {
    "hello": (
        "Hello. Hand me a recording and say what you want done, or ask what I can do.",
        "Olá. Dá-me uma gravação e diz o que queres que lhe faça, ou pergunta o que sei fazer.",
    ),
    "thanks": ("You are welcome.", "De nada."),
    "bye": ("Goodbye.", "Adeus."),
}


def _matched(text: str, patterns: Iterable[tuple[str, str]]) -> str | None:
    plain = " ".join(re.sub(r"[,.;!?…]+", " ", fold(text).replace("’", "'")).split())
    plain = re.sub(
        r"^(?:please|por favor|and|e|now|agora) | (?:please|por favor|now|agora)$", "", plain
    )
    return next((name for name, pattern in patterns if re.fullmatch(pattern, plain)), None)


def command_for(text: str) -> Command | None:
    """Return the command a request is, if it is one.

    Args:
        text: The person's words.
    """
    for name in ("undo", "redo", "explain", "list"):
        if _matched(text, _COMMANDS) == name:
            return Command(name)
    return None


def small_talk(text: str, language: str, catalog: Catalog) -> Chat | None:
    """Return the answer to small talk, if the request is that.

    Args:
        text: The person's words.
        language: "en" or "pt".
        catalog: What can be done here.
    """
    kind = _matched(text, _TALK)
    if kind is None:
        return None
    if kind != "able":
        return Chat(_REPLIES[kind][language == "pt"])
    return abilities(language, catalog)


def abilities(language: str, catalog: Catalog) -> Chat:
    """Return what can be done here, from the catalog.

    Args:
        language: "en" or "pt".
        catalog: What can be done here.
    """
    portuguese = language == "pt"
    head = (
        "Sou o Tonmeister, um técnico de som. Sei fazer isto:"
        if portuguese
        else "I am Tonmeister, a sound engineer. This is what I can do:"
    )
    lines = [
        f"- {_SUMMARIES_PT.get(name, tool.summary) if portuguese else tool.summary}"
        for name, tool in catalog.tools.items()
    ]
    return Chat("\n".join([head, *lines]))


def ask_which(tool: str, language: str, names: Iterable[str] = (), unknown: str = "") -> Question:
    """Return the question for the recording that is meant.

    Args:
        tool: Name of the tool that needs it.
        language: "en" or "pt".
        names: What there is to choose from.
        unknown: A file name that was said but does not exist.
    """
    english, portuguese = _VERBS.get(tool, ("use", "usar"))
    said = "".join(char for char in unknown if char.isprintable())[:60]
    choice = ", ".join(names)
    if tool == "join":
        question = ("Which recordings should I join?", "Que gravações devo juntar?")
    elif tool == "mix":
        question = ("Which two recordings should I mix?", "Que duas gravações devo misturar?")
    else:
        question = (f"Which recording should I {english}?", f"Que gravação devo {portuguese}?")
    text = question[language == "pt"]
    if said:
        text = (
            f"{f'Não conheço {said!r}.' if language == 'pt' else f'I do not know {said!r}.'} {text}"
        )
    return Question(f"{text} ({choice})" if choice else text)
