import re

import pytest

from tonmeister.models.writing_out import written_out

ENGLISH = """
I was born in 1985.  →  I was born in nineteen eighty-five.
It happened on 2026-11-24.  →  It happened on November twenty-fourth, twenty twenty-six.
On 24/11/2026 we met.  →  On November twenty-fourth, twenty twenty-six we met.
Nov 24 2026  →  November twenty-fourth, twenty twenty-six
November 24, 2026  →  November twenty-fourth, twenty twenty-six
24 November 2026  →  November twenty-fourth, twenty twenty-six
July 4th  →  July fourth
10:30  →  ten thirty
at 10:05 a.m.  →  at ten oh five AM.
It starts at 3pm.  →  It starts at three PM.
14:00  →  fourteen hundred hours
$5  →  five dollars
$5.50  →  five dollars and fifty cents
$3 million  →  three million dollars
£20.01  →  twenty pounds and one penny
€1,200.50  →  one thousand two hundred euros and fifty cents
R$ 10  →  ten reais
-$5  →  minus five dollars
5%  →  five percent
3.5%  →  three point five percent
5 km  →  five kilometres
1 km  →  one kilometre
60 km/h  →  sixty kilometres per hour
25 °C  →  twenty-five degrees Celsius
-5 degrees  →  minus five degrees
1st  →  first
22nd  →  twenty-second
101st  →  one hundred first
+351 912 345 678  →  plus three five one, nine one two, three four five, six seven eight
(555) 123-4567  →  five five five, one two three, four five six seven
555-1234  →  five five five, one two three four
Chapter IV  →  Chapter four
Henry VIII  →  Henry the eighth
World War II  →  World War two
the XX century  →  the twentieth century
1/2  →  one half
3/4 cup  →  three quarters cup
the 1990s  →  the nineteen nineties
the '80s  →  the eighties
10-20 people  →  ten to twenty people
pages 3–5  →  pages three to five
3.14  →  three point one four
1,234  →  one thousand two hundred thirty-four
0.5  →  zero point five
007  →  zero zero seven
Python 3.11.2  →  Python three point eleven point two
Mr. Smith and Dr. Jones  →  Mister Smith and Doctor Jones
e.g. apples  →  for example, apples
cats, dogs, etc.  →  cats, dogs, et cetera.
No. 5  →  number five
#7  →  number seven
MP3  →  MP three
4K  →  four K
B2B  →  B two B
ana.silva@example.com  →  ana dot silva at example dot com
https://www.example.com/path  →  w w w dot example dot com slash path
Visit example.com today.  →  Visit example dot com today.
2,000 people  →  two thousand people
in 2000  →  in two thousand
in 2005  →  in two thousand five
1500 people  →  one thousand five hundred people
U.S. Army  →  U.S. Army
5'10  →  five foot ten
5 GB  →  five gigabytes
a 3-day trip  →  a three-day trip
24/7  →  twenty-four seven
Louis XIV  →  Louis the fourteenth
1914-1918  →  nineteen fourteen to nineteen eighteen
123 Main St.  →  one hundred twenty-three Main Street
St. John  →  Saint John
in 1066  →  in ten sixty-six
2.5M users  →  two point five million users
$2.5bn  →  two point five billion dollars
It costs 99 cents  →  It costs ninety-nine cents
100,000  →  one hundred thousand
1000000  →  one million
Call 911.  →  Call nine hundred eleven.
I am 5 ft tall  →  I am five feet tall
the 21st century  →  the twenty-first century
12/25/2026  →  December twenty-fifth, twenty twenty-six
3:00 p.m.  →  three PM.
the 5th of May  →  the fifth of May
May 5  →  May fifth
we may 5  →  we may five
Room 101  →  Room one hundred one
10:30:15  →  ten thirty and fifteen seconds
Elizabeth II  →  Elizabeth the second
I, Claudius  →  I, Claudius
Section 2.1  →  Section two point one
¥500  →  five hundred yen
0  →  zero
-3.5  →  minus three point five
"""
PORTUGUESE = """
Nasci em 1985.  →  Nasci em mil novecentos e oitenta e cinco.
2026-11-24  →  vinte e quatro de novembro de dois mil e vinte e seis
24/11/2026  →  vinte e quatro de novembro de dois mil e vinte e seis
24 de novembro de 2026  →  vinte e quatro de novembro de dois mil e vinte e seis
1º de maio  →  primeiro de maio
24 nov. 2026  →  vinte e quatro de novembro de dois mil e vinte e seis
10:30  →  dez horas e trinta
às 10h30  →  às dez horas e trinta
às 14h  →  às quatorze horas
1h  →  uma hora
R$ 10,50  →  dez reais e cinquenta centavos
R$ 1  →  um real
€ 5  →  cinco euros
5 €  →  cinco euros
US$ 3 milhões  →  três milhões de dólares
R$ 2.500.000  →  dois milhões e quinhentos mil reais
5%  →  cinco por cento
3,5%  →  três vírgula cinco por cento
5 km  →  cinco quilômetros
60 km/h  →  sessenta quilômetros por hora
25 °C  →  vinte e cinco graus Celsius
-5 graus  →  menos cinco graus
1º  →  primeiro
2ª  →  segunda
3.º  →  terceiro
21ª  →  vigésima primeira
+351 912 345 678  →  mais três cinco um, nove um dois, três quatro cinco, seis sete oito
(11) 98765-4321  →  um um, nove oito sete seis cinco, quatro três dois um
século XX  →  século vinte
século V  →  século quinto
Capítulo IV  →  Capítulo quatro
D. João VI  →  Dom João sexto
Luís XIV  →  Luís quatorze
II Guerra Mundial  →  segunda Guerra Mundial
1/2  →  um meio
3/4  →  três quartos
3,14  →  três vírgula quatorze
3,05  →  três vírgula zero cinco
1.234  →  mil duzentos e trinta e quatro
1.234.567,8  →  um milhão duzentos e trinta e quatro mil quinhentos e sessenta e sete vírgula oito
007  →  zero zero sete
Sr. Silva e Dra. Ana  →  Senhor Silva e Doutora Ana
p. ex. maçãs  →  por exemplo, maçãs
maçãs, etc.  →  maçãs, et cetera.
nº 5  →  número cinco
2 horas  →  duas horas
200 pessoas  →  duzentas pessoas
342 páginas  →  trezentas e quarenta e duas páginas
2 dias  →  dois dias
MP3  →  êmi pê três
CPF  →  cê pê éfi
EUA  →  é u á
ONU  →  ONU
UNESCO  →  UNESCO
ana.silva@exemplo.com.br  →  ana ponto silva arroba exemplo ponto cóm ponto br
https://www.exemplo.com  →  três dáblius ponto exemplo ponto cóm
10-20 pessoas  →  dez a vinte pessoas
págs. 3  →  páginas três
a.C.  →  antes de Cristo
2ª feira  →  segunda-feira
2000  →  dois mil
2010  →  dois mil e dez
1.000  →  mil
100  →  cem
21  →  vinte e um
Av. Paulista  →  Avenida Paulista
S. Paulo  →  São Paulo
2 mil  →  dois mil
10 mil  →  dez mil
R$ 5 mil  →  cinco mil reais
100 m²  →  cem metros quadrados
versão 3.11  →  versão três ponto um um
CNPJ 12  →  cê êni pê jóta doze
12 x 5  →  doze vezes cinco
Pedro II  →  Pedro segundo
Maria I  →  Maria primeira
XXI  →  vinte e um
TV  →  tê vê
IA  →  i á
TUDO BEM COM VOCÊ  →  TUDO BEM COM VOCÊ
0  →  zero
-3,5  →  menos três vírgula cinco
1 kg  →  um quilo
22h  →  vinte e duas horas
12:00  →  doze horas
15/3  →  quinze sobre três
COVID-19  →  COVID dezenove
"""
OTHERS = [
    ("es", "Tengo 3,5 € y 21 años.", "Tengo tres coma cinco euros y veintiún años."),
    ("es", "50 % a las 10:30", "cincuenta por ciento a las diez y treinta"),
    ("fr", "M. Dupont a 71 ans", "monsieur Dupont a soixante et onze ans"),
    ("fr", "à 10h30", "à dix heures trente"),
    ("it", "Il Sig. Rossi ha 21 anni", "Il signor Rossi ha ventuno anni"),
    ("hi", "१० 10", "१० 10"),
]


def pairs(table: str) -> list[tuple[str, str]]:
    rows = [line.split("  →  ") for line in table.strip().splitlines()]
    return [(row[0], row[1]) for row in rows]


@pytest.mark.parametrize(("text", "said"), pairs(ENGLISH), ids=lambda text: text[:20])
def test_english_is_written_out(text: str, said: str):
    assert written_out(text, "en") == said


@pytest.mark.parametrize(("text", "said"), pairs(PORTUGUESE), ids=lambda text: text[:20])
def test_portuguese_is_written_out(text: str, said: str):
    assert written_out(text, "pt") == said


@pytest.mark.parametrize(("language", "text", "said"), OTHERS)
def test_other_languages_have_numbers_and_titles(language: str, text: str, said: str):
    assert written_out(text, language) == said


@pytest.mark.parametrize("language", ["en", "pt", "es", "fr", "it"])
def test_no_digit_is_left_of_anything(language: str):
    text = (
        "1 22 3,4 5.6 7/8 9:10 1-2 3x4 5% 6€ $7 8º 9th A1 B-2 0,0 00 1.2.3.4 12:99 31/31/2026 +1 23"
    )
    assert not re.search(r"\d", written_out(text, language))


@pytest.mark.parametrize("language", ["en", "pt", "es", "fr", "it"])
@pytest.mark.parametrize("text", ["", "   ", "…", "no numbers here", "\ue000 marked"])
def test_what_needs_nothing_stays(language: str, text: str):
    assert written_out(text, language) == text
