"""How newspapers attribute words: verbs of speech, who can speak and who cannot; patterns for `speakers.py`."""

from __future__ import annotations

import re

from .. import patterns
from ..language.calendar import MONTH, WEEKDAY, WEEKDAYS
from ..language.wordlists import HE, PAST_TENSES, SHE, SUBJECTS, THIRD_PERSON, match_any, word_set

VERBS = match_any("""
    said says told added adds wrote writes explained explains argued argues confirmed announced insisted insists
    noted notes stated states replied answered warned warns testified claimed claims denied acknowledged admitted
    recalled stressed emphasi[sz]ed suggested tweeted predicted pledged vowed complained asked declared maintained
    observed remarked reported reports called objected concluded pointed_out fumed beamed joked quipped chuckled shouted
    blasted raged sighed whispered yelled posted
""")
VERBS_BEFORE = match_any(
    "said says added adds wrote writes explained argued noted replied answered testified recalled insisted fumed beamed"
    " joked quipped chuckled tweeted"
)
"""Verbs that may precede their subject; "told" may not, because the person who is told follows it."""

_PERSON = match_any("""
    official spokes(?:man|woman|person) source minister president secretary chief leader officer judge lawyer
    diplomat analyst researcher expert witness resident coach captain mayor reporter scientist doctor man woman
""")
_BODY = match_any("""
    office ministry company agency police government court council party department team bank union university
    army club group firm embassy commission committee authority institute service news(?:paper)? report statement
""")
ANYBODY = patterns.compile(r"\b(?:official|spokes(?:man|woman|person)|source|man|woman|expert|witness|resident)\Z")
"""Persons who have a name of their own before: of the others, the same word must stand with it."""
PEOPLE = patterns.compile(rf"\b{_PERSON}\Z")
BODIES = patterns.compile(rf"\b{_BODY}\Z")
TIME = patterns.compile(rf"(?:{WEEKDAY}|{MONTH})\Z")
SOMEBODY = patterns.compile(rf"\b(?:{_PERSON}|{_BODY}|actor|actress|singer|founder|owner)\s?\Z")
PLACE_WORDS = word_set("bay beach central day forest gate hill north south east west open road street tour valley")
"""Words in names of two words that are no person's."""
DEED = patterns.compile(
    r"\b(?:added|adds|asked|called|posted|recalled|noted)\s(?:\d|the\b|their\b|an?\b|for\b|to\b|on\b|two\b|three\b)"
)
"""Verbs of speech that tell no words: "He added two sacks", "Police asked for help"."""

CUE = patterns.compile(rf"[Aa]ccording\s+to|\bquoted|\b{VERBS}\b|ing\b[^\"]{{0,40}}\"|\"{{9}}")
"""A cue that every attribution contains: it rules out most sentences at a tenth of the cost of the patterns."""

PRONOUNS = (SUBJECTS & THIRD_PERSON) | {"who"}
PERSONAL = SUBJECTS & (HE | SHE)

NAMED = r"[A-Z][\w.'’-]{0,40}"
FULL = patterns.compile(
    rf"(?<![\w.-])(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Lady|Mum|Capt)\.? {NAMED}|{NAMED}(?: {NAMED}){{1,5}})"
)
"""A name of two words or more, or one with a title: what "he" and "she" may stand for."""

OF_HER = patterns.compile(
    r"\b(?:Mrs|Ms|Miss|Mum|Lady|Dame|Queen|[Aa]ctress|[Ww]oman|[Mm]other|[Ww]ife|[Dd]aughter|[Ss]ister)\b"
)
OF_HIM = patterns.compile(
    r"\b(?:Mr|Sir|Lord|King|Dad|[Ff]ather|[Hh]usband|[Ss]on|[Bb]rother|[Ss]pokesman|[Cc]hairman)\b"
)


_OPENER = match_any(f"""
    and but that as while because when where which thus separately meanwhile however for so if on in after
    before since hours also now shortly soon later earlier then still even only yesterday today late
    {" ".join(WEEKDAYS)}
""")
FRONT = patterns.compile(rf"(?:{_OPENER}\s+)+", re.IGNORECASE)
TITLED = patterns.compile(r"\b(?:reading|titled|named|dubbed|known as|marked|entitled|the song|the film)\W{0,3}\Z")
"""What stands before quotation marks that hold a title or a sign, no speech."""
DATELINE = patterns.compile(r"[A-Z][A-Z ]{2,40} (?:—|–|--?) ")
CLAUSE = patterns.compile(r"\b(?:that|which|whom|because|when|where|while|but)\s")
ACT = patterns.compile(
    r"\s(?!(?:led|named|called|based|armed|hundred|red)\b)(?:[a-z]{2,20}ed|"
    + "|".join(sorted({*PAST_TENSES.values(), "let"}))
    + r")\s(?!by\b)(?=[a-z\d$£€])"
)
"""A verb that is not the one of speech: "The group | tracked 729 challenges and said"."""
BESIDE = patterns.compile(r"\sand\s(?=(?:the|an?|his|her|its|their)\s)")
LEFT = patterns.compile(rf"(?:^|[\s,])({NAMED}(?:\s{NAMED}){{0,5}})\s?,\s*\Z")
BEHIND = patterns.compile(rf"\s?,\s+({NAMED}(?:\s(?:{NAMED}|de|van|von|der|al|bin)){{0,6}})(?=\s?[,.;(]|\s?$)")
THEIRS = patterns.compile(r"(?:['’]s?)? (?:tweet|statement|letter|post|e-?mail|message)s?\Z")
NO_SUBJECT = patterns.compile(r"(?:by|from|to|of|with|less|more|than|at|through|into|about|under|over|not|just|as)\s")
