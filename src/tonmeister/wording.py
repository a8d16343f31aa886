"""The fixed sentences of replies, in the languages Tonmeister answers in."""

from collections.abc import Mapping

__all__ = ["CLAIMS", "SENTENCES", "claim_in_words", "say"]

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "done": "Done: {done} of {total} steps in {seconds}.",
        "partial": "Partly done: {done} of {total} steps in {seconds}.",
        "failed": "Not done: {done} of {total} steps.",
        "cancelled": "Stopped: {done} of {total} steps were finished and are kept.",
        "files": "Files:",
        "steps": "Steps:",
        "not_done": "Not done:",
        "watch": "Please note:",
        "step_failed": "{step} {tool} failed: {error}",
        "step_skipped": "{step} {tool} was not begun, because it needs the result of {source}.",
        "fallback": "{step}: {failed} failed ({error}); {next} was used instead.",
        "fallback_failed": "{step}: {failed} failed ({error}); {next} was tried instead.",
        "retried": "{step}: the worker was lost once and the step repeated.",
        "check_failed": "{step} {tool}: {claim} does not hold ({finding}).",
        "unchecked": "{step} {tool}: {claim} was not checked ({finding}).",
        "checked": "checked: {claims}",
        "cached": "already there",
        "signal": "signal processing",
        "no_speech": "Nobody speaks in this recording.",
        "no_words": "No words were understood in this recording.",
        "synthetic": "synthetic speech",
        "generated": "generated sound",
        "no_edits": "Nothing was changed.",
        "no_sounds": "No sound reaches the threshold.",
        "more": "… ({count} more; the whole is kept as {handle})",
        "language": "Language: {language}",
        "undone": "Undone: back to before “{request}”. Files that were written stay.",
        "redone": "Redone: “{request}”.",
        "undone_many": "Undone, {count} requests: back to before “{request}”. Files that were "
        "written stay.",
        "redone_many": "Redone, {count} requests: back at “{request}”.",
        "at_turn": "Now at turn {number}: “{request}”.",
        "few_to_undo": "Nothing was undone: the requests that can be are {count}.",
        "few_to_redo": "Nothing was redone: the requests that can be are {count}.",
        "nothing_to_undo": "There is nothing to undo.",
        "nothing_to_redo": "There is nothing to redo.",
        "nothing_yet": "Nothing has been done in this session yet.",
        "no_artifacts": "There is nothing in this session yet.",
        "explain_step": "{step} {tool} ran on {model} (licence {licence}); reason: {reason}.",
        "explain_signal": "{step} {tool} is signal processing without a model.",
        "nearest": "The nearest I can do: {plan}.",
        "loses": "It would not give you {loses}.",
        "no_limit": "I know of no limit by these words, which does not mean that it can be done.",
        "accept_nearest": "Say “yes” to do that.",
        "would_do": "This is what I would do:",
        "because": "Please look at it first, because:",
        "how_to_agree": "Say “yes” to go ahead or “no” to drop it; anything else is a new request.",
        "dropped": "Dropped; nothing was done.",
        "nothing_held": "There is nothing here that waits for a yes or a no.",
        "concern_time": "It takes about {time} on this machine.",
        "concern_memory": "A model takes {memory} MiB of memory.",
        "concern_download": "Weights are downloaded first: {weights}.",
        "concern_overwrite": "It replaces {files}.",
        "concern_voice": "It takes on the voice heard in {of}; only do it if that person agreed.",
        "concern_unsure": "I am not sure that this is what you meant.",
        "not_understood": "I did not understand that well enough to act on it.",
        "omits": "I could do this: {plan}. But that leaves out {left_out}; what is it for?",
        "install_llm": "The built-in recognizer knows plain requests only. A language model "
        "understands more: {command}",
        "file_exists": "{wanted} existed already, so the result is called {used}.",
        "phrased": "The language model worded the answer; what was measured is: {answer}",
        "misphrased": "The language model's words were not used: {fault}.",
        "not_phrased": "The language model did not word the answer: {error}",
    },
    "pt": {
        "done": "Pronto: {done} de {total} passos em {seconds}.",
        "partial": "Feito em parte: {done} de {total} passos em {seconds}.",
        "failed": "Não foi feito: {done} de {total} passos.",
        "cancelled": "Interrompido: {done} de {total} passos terminaram e ficam guardados.",
        "files": "Arquivos:",
        "steps": "Passos:",
        "not_done": "Não foi feito:",
        "watch": "Atenção:",
        "step_failed": "{step} {tool} falhou: {error}",
        "step_skipped": "{step} {tool} não começou, porque precisa do resultado de {source}.",
        "fallback": "{step}: {failed} falhou ({error}); usou-se {next} no lugar.",
        "fallback_failed": "{step}: {failed} falhou ({error}); tentou-se {next} no lugar.",
        "retried": "{step}: o processo caiu uma vez e o passo foi repetido.",
        "check_failed": "{step} {tool}: {claim} não se confirma ({finding}).",
        "unchecked": "{step} {tool}: {claim} não foi verificado ({finding}).",
        "checked": "verificado: {claims}",
        "cached": "já existia",
        "signal": "processamento de sinal",
        "no_speech": "Ninguém fala nesta gravação.",
        "no_words": "Não se entenderam palavras nesta gravação.",
        "synthetic": "voz sintética",
        "generated": "som gerado",
        "no_edits": "Nada foi alterado.",
        "no_sounds": "Nenhum som atinge o limiar.",
        "more": "… (mais {count}; o total fica guardado como {handle})",
        "language": "Língua: {language}",
        "undone": "Desfeito: de volta a antes de “{request}”. Os arquivos escritos ficam.",
        "redone": "Refeito: “{request}”.",
        "undone_many": "Desfeitos {count} pedidos: de volta a antes de “{request}”. Os arquivos "
        "escritos ficam.",
        "redone_many": "Refeitos {count} pedidos: de volta a “{request}”.",
        "at_turn": "Agora no turno {number}: “{request}”.",
        "few_to_undo": "Nada foi desfeito: os pedidos que se podem desfazer são {count}.",
        "few_to_redo": "Nada foi refeito: os pedidos que se podem refazer são {count}.",
        "nothing_to_undo": "Não há nada para desfazer.",
        "nothing_to_redo": "Não há nada para refazer.",
        "nothing_yet": "Ainda não se fez nada nesta sessão.",
        "no_artifacts": "Ainda não há nada nesta sessão.",
        "explain_step": "{step} {tool} correu em {model} (licença {licence}); motivo: {reason}.",
        "explain_signal": "{step} {tool} é processamento de sinal, sem modelo.",
        "nearest": "O mais próximo que consigo: {plan}.",
        "loses": "Isso não te daria {loses}.",
        "no_limit": "Não conheço limite nenhum com estas palavras, o que não quer dizer que se "
        "possa fazer.",
        "accept_nearest": "Diz “sim” para eu fazer isso.",
        "would_do": "Eu faria isto:",
        "because": "Vê primeiro, porque:",
        "how_to_agree": "Diz “sim” para avançar ou “não” para desistir; tudo o resto é um pedido "
        "novo.",
        "dropped": "Fica sem efeito; nada se fez.",
        "nothing_held": "Não há aqui nada que espere por um sim ou um não.",
        "concern_time": "Demora cerca de {time} nesta máquina.",
        "concern_memory": "Um modelo ocupa {memory} MiB de memória.",
        "concern_download": "Primeiro descarregam-se pesos: {weights}.",
        "concern_overwrite": "Substitui {files}.",
        "concern_voice": "Usa a voz que se ouve em {of}; só se essa pessoa concordou.",
        "concern_unsure": "Não tenho a certeza de que era isto que querias.",
        "not_understood": "Não entendi o pedido bem o bastante para agir.",
        "omits": "Eu poderia fazer isto: {plan}. Mas deixa de fora {left_out}; para que serve?",
        "install_llm": "O reconhecedor interno só entende pedidos simples. Um modelo de linguagem "
        "entende mais: {command}",
        "file_exists": "{wanted} já existia, por isso o resultado chama-se {used}.",
        "phrased": "O modelo de linguagem redigiu a resposta; o que se mediu é: {answer}",
        "misphrased": "As palavras do modelo de linguagem não se usaram: {fault}.",
        "not_phrased": "O modelo de linguagem não redigiu a resposta: {error}",
    },
}

CLAIMS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "audible": "not silent",
        "unclipped": "not clipped",
        "duration_kept": "length kept",
        "duration_scaled": "length",
        "duration_as_asked": "length as asked",
        "duration_is_range": "length",
        "shape_kept": "rate and channels kept",
        "loudness_reached": "loudness",
        "opinion_in_range": "scores from 1 to 5",
        "rate_is": "rate",
        "rate_not_lowered": "rate not lowered",
        "is_mono": "mono",
        "is_stereo": "two channels",
        "file_not_empty": "file written",
        "times_inside": "times lie inside the recording",
        "timing_kept": "timing kept",
        "translated_whole": "translated as a whole",
        "says_the_text": "the speech says the text",
        "speakers_as_asked": "number of speakers",
        "finite": "all samples valid",
    },
    "pt": {
        "audible": "não é silêncio",
        "unclipped": "sem saturação",
        "duration_kept": "duração mantida",
        "duration_scaled": "duração",
        "duration_as_asked": "duração pedida",
        "duration_is_range": "duração",
        "shape_kept": "taxa e canais mantidos",
        "loudness_reached": "volume",
        "opinion_in_range": "notas de 1 a 5",
        "rate_is": "taxa",
        "rate_not_lowered": "taxa não reduzida",
        "is_mono": "mono",
        "is_stereo": "dois canais",
        "file_not_empty": "arquivo escrito",
        "times_inside": "tempos dentro da gravação",
        "timing_kept": "tempos mantidos",
        "translated_whole": "traduzido por inteiro",
        "says_the_text": "a fala diz o texto",
        "speakers_as_asked": "número de falantes",
        "finite": "amostras válidas",
    },
}


def say(language: str, sentence: str, /, **values: object) -> str:
    """Return a sentence in a language.

    Args:
        language: "en" or "pt"; anything else is answered in English.
        sentence: Its name.
        **values: What it is filled with.
    """
    return SENTENCES.get(language, SENTENCES["en"])[sentence].format(**values)


def claim_in_words(language: str, claim: str) -> str:
    """Return what a check claims, in words.

    Args:
        language: "en" or "pt".
        claim: Name of the check; one of a plug-in is returned as it is.
    """
    return CLAIMS.get(language, CLAIMS["en"]).get(claim, claim)
