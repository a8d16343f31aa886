"""Codes of languages in three letters, as some networks name them, and in two, as users do.

Source: ISO 639-3 and ISO 639-1; a variety stands for the language it belongs to, as in ISO's
macrolanguages.
"""

__all__ = ["THREE_LETTERS", "short_code"]

_CODES = (
    "af=afr am=amh ar=arb as=asm az=azj be=bel bg=bul bn=ben bo=bod br=bre bs=bos ca=cat cs=ces "
    "cy=cym da=dan de=deu el=ell en=eng es=spa et=est eu=eus fa=pes fi=fin fo=fao fr=fra ga=gle "
    "gl=glg gu=guj ha=hau he=heb hi=hin hr=hrv ht=hat hu=hun hy=hye id=ind ig=ibo is=isl it=ita "
    "ja=jpn jv=jav ka=kat kk=kaz km=khm kn=kan ko=kor ku=ckb ky=kir la=lat lb=ltz lg=lug ln=lin "
    "lo=lao lt=lit lv=lvs mg=mlg mi=mri mk=mkd ml=mal mn=khk mr=mar ms=zlm mt=mlt my=mya ne=npi "
    "nl=nld nn=nno no=nob ny=nya oc=oci om=gaz or=ory pa=pan pl=pol ps=pbt pt=por ro=ron ru=rus "
    "sa=san sd=snd si=sin sk=slk sl=slv sn=sna so=som sq=sqi sr=srp su=sun sv=swe sw=swh ta=tam "
    "te=tel tg=tgk th=tha tk=tuk tl=tgl tr=tur tt=tat ug=uig uk=ukr ur=urd uz=uzn vi=vie wo=wol "
    "xh=xho yi=yid yo=yor zh=cmn zu=zul"
)
THREE_LETTERS: dict[str, str] = {
    short: long for short, _, long in (pair.partition("=") for pair in _CODES.split())
}
"""Two letters → three, the variety that networks mean by it."""

_OTHERS = (
    "ara=ar ary=ar arz=ar aze=az zho=zh fas=fa est=et ekk=et ful=ff kmr=ku kur=ku lav=lv plt=mg "
    "mon=mn msa=ms zsm=ms nep=ne nor=no orm=om ori=or pus=ps swa=sw swh=sw uzb=uz abk=ab asa=as "
    "bak=ba epo=eo fry=fy glv=gv grn=gn ina=ia kin=rw sot=st ssw=ss tsn=tn tso=ts ven=ve als=sq"
)
_SHORT = {long: short for short, long in THREE_LETTERS.items()} | {
    long: short for long, _, short in (pair.partition("=") for pair in _OTHERS.split())
}


def short_code(code: str) -> str:
    """Return the code of two letters, or the code itself where there is none.

    Args:
        code: ISO 639-3 code, with or without a script: "por", "uig-script_arabic".
    """
    language = code.partition("-")[0].partition("_")[0]
    return _SHORT.get(language, language)
