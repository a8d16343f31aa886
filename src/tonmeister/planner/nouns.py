"""What recordings and documents are called, as regular expressions over folded text."""

__all__ = ["NOME", "NOUN"]

NOUN = (
    "recordings?|files?|audio files?|sound files?|video files?|audio|sound|clips?|tracks?|songs?"
    "|podcasts?|interviews?|videos?|movie|film|talk|meeting|lecture|call|message|memo|episodes?"
    "|voice (?:recordings?|notes?|messages?|memos?)|results?|audios?|phone calls?|conversations?"
    "|documents?|books?|e-?books?|novels?|articles?|stor(?:y|ies)|epub|pdf|tapes?|cassettes?|records?"
)
NOME = (
    "gravac(?:ao|oes)|ficheiros?(?: de (?:audio|som|video))?|arquivos?(?: de (?:audio|som|video))?"
    "|audios?|som|clipes?|faixas?|podcasts?|entrevistas?|videos?|filme|reuniao|aula|palestra"
    "|conversa|chamada|episodios?|cancao|(?:mensage(?:m|ns)|notas?) de voz|resultados?"
    r"|documentos?|livros?|romances?|artigos?|historias?|contos?|epub|pdf|chamadas?|entrevista"
    "|discos?|vinil|fitas?|cassetes?|ligac(?:ao|oes)|telefonemas?"
)
