"""What languages are called in English, those that are not served, too."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from .language import list_languages

_NAMES = """
af=Afrikaans am=Amharic ar=Arabic az=Azerbaijani be=Belarusian bg=Bulgarian bn=Bengali bo=Tibetan bs=Bosnian
ca=Catalan cs=Czech cy=Welsh da=Danish de=German el=Greek en=English eo=Esperanto es=Spanish et=Estonian eu=Basque
fa=Persian fi=Finnish fr=French ga=Irish gl=Galician gu=Gujarati ha=Hausa he=Hebrew hi=Hindi hr=Croatian
ht=Haitian_Creole hu=Hungarian hy=Armenian id=Indonesian is=Icelandic it=Italian ja=Japanese ka=Georgian kk=Kazakh
km=Khmer kn=Kannada ko=Korean la=Latin lo=Lao lt=Lithuanian lv=Latvian mk=Macedonian ml=Malayalam mn=Mongolian
mr=Marathi ms=Malay mt=Maltese my=Burmese nb=Norwegian ne=Nepali nl=Dutch nn=Norwegian no=Norwegian pa=Punjabi
pl=Polish ps=Pashto pt=Portuguese ro=Romanian ru=Russian si=Sinhala sk=Slovak sl=Slovenian so=Somali sq=Albanian
sr=Serbian sv=Swedish sw=Swahili ta=Tamil te=Telugu th=Thai tl=Tagalog tr=Turkish uk=Ukrainian ur=Urdu uz=Uzbek
vi=Vietnamese yo=Yoruba zh=Chinese zu=Zulu
"""


@cache
def _read_names() -> Mapping[str, str]:
    return dict(pair.replace("_", " ").split("=") for pair in _NAMES.split())


def name_language(code: str) -> str:
    """Return the English name of the language with this ISO 639-1 code, or the code in words if it has none here."""
    return _read_names().get(code, f"the language {code!r}")


def describe_language(code: str) -> dict[str, str]:
    """Return what a sentence about a language that is not served says of it.

    `name` is its name, `served` those of the languages served in one list: "English, Spanish and Korean", and `codes`
    are their codes, for faces that name them in another language.
    """
    codes = list_languages()
    english, *others = map(name_language, codes)
    *first, last = english, *sorted(others)
    served = f"{', '.join(first)} and {last}"
    return {"name": name_language(code), "served": served, "codes": " ".join(codes)}
