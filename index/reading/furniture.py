"""Recognise the lines that pages and wires put around a story: menus, feedback, copyright, sign-offs. Pure.

A pattern must match the whole line, so that a sentence which merely mentions copyright or a
newsletter stays body. Patterns are looked up by the line's first word or by a sign in it: a
text has many lines, and most begin with none of these words.
"""

from __future__ import annotations

import re
from functools import cache

from .. import patterns
from ..language.calendar import MONTHS, WEEKDAYS
from ..language.wordlists import match_any

END = patterns.compile(
    r"\((?:END|ENDS|MORE|End|Ends|more)\)|(?:END|ENDS)"
    r"|-+\s?(?:30|0|more|MORE|END|ENDS)\s?-+"
    r"|<\s?END\s?>|#{1,5}|(?:# ?){2,5}"
)
"""A line that says that the story ends here, or goes on in another file."""

END_STRONG = patterns.compile(r"(?:^|\s)(?:\((?:END|ENDS|End|Ends)\)|-+\s?30\s?-+|<\s?END\s?>)$")
"""A mark that also ends the story when it closes a paragraph; "###" may only separate two sections."""

SEPARATOR = patterns.compile(r"[\W_]+")
"""A line without a letter or a digit."""

_STORIES = match_any(
    "articles? news stories topics? contents? coverage links? reading keywords? tags? videos? posts? headlines"
)
_PAGE_PARTS = match_any("contents? navigation menu search footer top home(?:page)? list")
_OFFERS = match_any(
    """
    newsletters? alerts? inbox channel app podcast subscription youtube facebook twitter instagram telegram
    linkedin free_trial google_news whatsapp here website breaking_news
    """
)
_REUSES = "broadcast reproduced rewritten redistributed copied"
_ALL_RIGHTS = r".{0,120}\ball rights (?:are )?reserved\b.{0,100}"

_BY_FIRST_WORD: dict[str, tuple[str, ...]] = {
    "go skip jump back return scroll": (
        rf"(?:(?:go|skip|jump|back|return|scroll) to (?:the )?(?:main )?{_PAGE_PARTS}\W*)+",
    ),
    "send leave give share": (r"(?:send|leave|give|share)(?: us)?(?: your)? feedback",),
    "how": (r"how can we improve\??",),
    "thank thanks": (r"thanks? (?:you )?for your feedback[.!]?",),
    "was did": (
        r"(?:was|did you find) this (?:article|page|story|information)(?: \w+)? ?(?:helpful|useful)\??(?: (?:yes|no))*",
    ),
    "report flag spotted submit request": (
        r"(?:report|flag|spotted|submit|request)(?: us)? an? (?:error|typo|mistake|correction).{0,60}",
    ),
    "got have": (r"(?:got|have) an? (?:\w+ )?tip\?.{0,80}",),
    "related latest top recommended featured popular trending similar sponsored more": (
        r"(?:related|latest|top|recommended|featured|popular|trending|similar|sponsored|more)"
        rf" {_STORIES}(?: (?:now|today|for you))?[:.]?",
        r"recommended(?: for you)?:?",
        r"related:?",
        r"trending(?: now)?:?",
        r"more (?:from|on|about|in) [\w '’&-]{1,40}:?",
        rf"(?:related(?: {_STORIES})?|more on this)\s?[:>|»].{{1,200}}",
        r"(?-i:MORE|RELATED)\s?[:>|»].{1,200}",
    ),
    "most": (rf"most (?:read|viewed|popular|shared|commented|watched)(?: {_STORIES})?(?: (?:today|now))?:?",),
    "read see watch listen learn view show load also": (
        r"(?:read|see|watch|listen|learn|view|show|load) (?:more|also|all|next|less|full (?:article|story))"
        r"(?: (?:on|about|from|stories|news|articles)(?: .{1,60})?(?<![.!?]))?(?::|…|\.{3})?",
        r"(?:read more|see also|also read|read also|read next)\s?[:>|»–—].{1,200}",
        r"(?-i:READ|WATCH|LISTEN|SEE)\s?[:>|»].{1,200}",
        r"watch\s?[:>|»].{1,160}(?<![.!?])",
        r"listen to this (?:article|story).{0,30}",
    ),
    "you": (r"you (?:may|might) also (?:like|be interested in|enjoy)[:.]?",),
    "editor's editor’s editors' editors’ editors": (r"editors?['’]?s?['’]? picks?:?",),
    "in don't don’t up": (r"in other news:?", r"don['’]t miss:?", r"up next:?"),
    "subscribe sign register join log login become follow download get click tap visit": (
        r"(?:subscribe|sign up|register|join us|log ?in|sign in|become a (?:member|subscriber))"
        r"(?: (?:now|today|here|free|for free))?[.!]?",
        r"(?:subscribe|sign up|register|follow|join|download|get|click|tap|visit)"
        rf" (?:(?:here|to|for|our|us|on|now|your)\b.{{0,100}}|@\S{{1,40}} on ){_OFFERS}\b.{{0,60}}",
        r"join the (?:conversation|discussion)",
        r"follow .{1,40}\bcoverage\b.{0,100}",
        r"click here\b.{0,80}",
    ),
    "advertisement advert ad ads sponsored promoted paid story article continue": (
        r"(?:advertisement|advert|ads? by \w+|sponsored|promoted|paid content"
        r"|story continues below(?: advertisement)?|article continues below.{0,30}|continue reading(?: below)?"
        r"|advertisement\W+(?:continue|scroll|story|article).{0,60})[.:…]?",
    ),
    "leave post view no comments": (
        r"leave a (?:comment|reply)",
        r"post a comment",
        r"view (?:all )?comments.{0,20}",
        r"no comments(?: yet)?",
        r"comments ?\(?\d+\)?",
    ),
    "print share save copy email e-mail tweet bookmark": (
        r"(?:print|share|save|copy|e-?mail|tweet|bookmark)"
        r"(?: (?:this|the|link|url|page|article|story|to clipboard|by (?:e-?mail|sns))){1,3}"
        r"(?: (?:on|via|with) .{1,40})?[:.!]?",
    ),
    "reading read estimated loading": (
        r"(?:(?:estimated )?read(?:ing)? time\W+)\d{1,3} ?min(?:ute)?s?",
        r"loading(?:\.{3}|…)",
    ),
    "privacy cookie cookies terms about contact advertise site sitemap": (
        r"(?:privacy|cookies?) (?:policy|notice|settings|preferences)",
        r"terms (?:of (?:use|service)|and conditions|& conditions)",
        r"about us",
        r"contact us(?: at .{1,50})?",
        r"advertise with us",
        r"site ?map",
    ),
    "font text larger smaller close open": (
        r"(?:font|text) size.{0,20}",
        r"(?:larger|smaller) (?:font|text)",
        r"(?:close|open) menu",
    ),
    "page": (r"page \d{1,4}(?: ?(?:of|/) ?\d{1,4})?",),
    "copyright copyrights (c) ©": (
        r"copyrights?\W*",
        r"(?:copyrights?|\(c\)|©)\W{0,3}(?:(?:\(c\)|©|ⓒ|by\b|\d{4}).{0,150})",
    ),
    "this published unauthorized unauthorised any reproduction redistribution": (
        rf"(?:this (?:material|content|article) may not be )?{match_any(f'published {_REUSES}')}"
        rf"(?:,? (?:or )?{match_any(_REUSES)}).{{0,120}}",
        r"(?:unauthori[sz]ed |any )?(?:reproduction|redistribution|reprinting)"
        r".{0,60}(?:is |are )?(?:strictly )?prohibited\.?",
    ),
    "our": (r"our standards: .{1,80}",),
    "photo photos photograph photographs picture pictures image images illustration graphic video"
    " (photo (photos (photograph (picture (image (illustration": (
        r"\(?(?:photo(?:graph)?|picture|image|illustration|graphic|video)s?(?: ?credits?)?\s?(?:[:/|©]|by\b|courtesy\b)"
        r".{1,100}(?<![.!?])",
    ),
    "credit credits courtesy": (r"credits?\s?[:/]\s?.{1,80}(?<![.!?])", r"courtesy(?: of| :|:) .{1,80}(?<![.!?])"),
    "file handout stock (file (handout": (r"\(?(?:file|handout|stock) (?:photo|picture|image)\b.{0,60}(?<![.!?])",),
    "(reporting (additional (writing (editing (compiled (photographs (graphics (translation reporting editing": (
        r"\((?:additional |further )?(?:reporting|writing|editing|compiled|photographs|graphics|translation)"
        r"(?: and (?:writing|editing|reporting))? by .{1,240}",
        r"(?:reporting|editing)(?: and (?:writing|editing|reporting))? by (?-i:[A-Z]).{1,240}(?<!\.)",
    ),
}
"""Whole lines by their first word, which is matched in lower case; each string is one kind of line."""

_BY_SIGN = {
    "rights": _ALL_RIGHTS,
    "Rights": _ALL_RIGHTS,
    "RIGHTS": _ALL_RIGHTS,
    "contributed": r".{3,160}\bcontributed(?: \w+)? to this (?:report|story|article)\.",
    "@": (
        r"(?:e-?mail:? )?(?:(?-i:[A-Z])[\w.'’-]{0,30},? ){0,3}"
        r"\W{0,3}[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,40}){1,4}[\s).]*"
    ),
    "://": r"https?://\S+",
    "www.": r"www\.\S+",
    "©": r".{0,40}©.{1,150}",
    "ⓒ": r".{0,40}ⓒ.{1,150}",
    " read": r"\d{1,3}[ -]?min(?:ute)?s? read",
    "omment": r"\d{1,5} comments?",
    "Getty Images": r".{0,80}\bGetty Images\b.{0,30}(?<![.!?])",
    "AP Photo": r"\W{0,2}AP Photo\b.{0,60}(?<!\.)",
}
"""Whole lines by letters or a sign that they contain."""

_CREDIT = patterns.compile(
    r"(?<=[.!?”\"’)])\s\(?(?:(?:File |Handout )?(?:Photo(?:graph)?|Picture|Image|Illustration)s?"
    r"(?: ?[Cc]redits?)?|Credits?)"
    r"\s?(?:[:/]|by\b|courtesy of\b)[^.!?\n]{2,80}\.?\)?$"
    r"|(?<=[.!?”\"’)])\s\((?:AP|AFP|Reuters|EPA|Getty)\b[^().!?\n]{0,60}\)$"
)
_CREDITED = ("(", "redit", "hoto", "icture", "mage", "llustration")  # one of which each credit has

_SIGN = patterns.compile("|".join(map(re.escape, _BY_SIGN)))
_SECTIONS = match_any("home news world national politics business sports? opinion culture all_news")
_ITEM = r"[^\W\d][\w&'’]{1,20}(?: [\w&'’]{1,20}){0,2}"
_EDGE = (
    r"menu|search|share|print|tweet|home|close|log ?in|sign in|subscribe|comments?|like",
    r"(?:keywords?|tags)(?:: ?.{1,120})?",
    r"(?:#\w+[\s,]*){1,20}",
    rf"{_SECTIONS}(?:\s?[>›»|/·]\s?[\w&' -]{{2,30}}){{1,8}}",
    rf"{_ITEM}(?:\s?[|›»·]\s?{_ITEM}){{2,12}}",
    r"(?-i:[a-z]{2,4}(?:-[a-z]{2,4}){0,3}/[a-z]{2,4}(?:/[a-z]{2,4}){0,3})",  # initials of staff: writer-editor/desk
)
"""Lines that are furniture at the edges of a text only: between its paragraphs they may be a table or a list."""

# In plain text, the items of a menu bar are separated by a tab or by several spaces.
_WIDE = patterns.compile(r"\s*\t\s*|\s{2,}")
_SHARE_WORDS = match_any(
    """
    facebook twitter x e-?mail mail print copy link url whatsapp telegram linkedin reddit kakao(?:talk|story)? line
    pinterest share save font size text scrap bookmark comments? tweet like instagram youtube naver band threads
    bluesky messenger flipboard pocket tumblr sms sns to on this via more
    """
)
_SHARE = patterns.compile(rf"(?:{_SHARE_WORDS}(?:[\s|/,·]+|$)){{2,15}}", re.IGNORECASE)
_LINKS = patterns.compile(
    match_any("related more most recommended read see you top latest popular trending editor in_other don"),
    re.IGNORECASE,
)

_PARTICLE = match_any("de da del della di van von der den la le el al bin ibn ben y e dos ter af av")
_PART = r"(?:[^\W\d_a-zà-ÿ](?:[\w’']*[\w]|\.)?(?:[-'’.][^\W\d_][\w’']*\.?)*)"
_NAME = rf"{_PART}(?: (?:{_PARTICLE} ){{0,2}}{_PART}){{1,4}}"
_NAMES = rf"{_NAME}(?:(?:, {_NAME}){{0,4}},? (?:and|AND|&) {_NAME})?"
_BYLINE = patterns.compile(
    r"(?:(?:Reported|Written|Story|Text|Words|Analysis|Report|Review|Compiled)\s)?(?:By|BY|by):?\s"
    rf"(?P<names>{_NAMES})"
    r"(?:(?:\s?[,|/–—-]\s?|\s\(|\s(?:in|of|for)\s)[\w .,'’&|/()-]{2,80})?"
)
_NOT_NAMES = patterns.compile(
    rf"\b(?:{'|'.join({*MONTHS, *WEEKDAYS} - {'May'})}|The|This|That|Then|Now|Far|Any|All)\b"  # May is a name, too
)
_FIRST_WORD = patterns.compile(r"\(c\)|\(?[^\s:.,|>»?!()]+", re.IGNORECASE)


@cache
def _index_by_first_word() -> dict[str, tuple[str, ...]]:
    """Return the expressions for each first word."""
    found: dict[str, tuple[str, ...]] = {}
    for words, kinds in _BY_FIRST_WORD.items():
        for word in words.split(" "):
            found[word] = (*found.get(word, ()), "|".join(kinds))
    return found


@cache
def _compile(expression: str) -> re.Pattern[str]:
    """Compile an expression when it is first needed: most texts need few of them."""
    return re.compile(expression, re.IGNORECASE)


def is_furniture(line: str, *, edge: bool = False) -> bool:
    """Tell whether the whole line is of a kind that pages and wires put around a story.

    `edge` says that the line stands above or below the whole story, where weaker evidence is enough.
    """
    first = _FIRST_WORD.match(line)
    word = first.group().lower() if first else ""
    if any(_compile(expression).fullmatch(line) for expression in _index_by_first_word().get(word, ())):
        return True
    if _SIGN.search(line) and any(
        sign in line and _compile(expression).fullmatch(line) for sign, expression in _BY_SIGN.items()
    ):
        return True
    if edge and all(_compile("|".join(_EDGE)).fullmatch(item) for item in _WIDE.split(line)):
        return True
    return bool(_SHARE.fullmatch(line))


def find_credit(text: str) -> re.Match[str] | None:
    """Return whose picture it is, at the end of a caption; None for any other paragraph."""
    end = text[-140:]
    return _CREDIT.search(end) if any(sign in end for sign in _CREDITED) else None


def opens_links(line: str) -> bool:
    """Tell whether a line of furniture is the heading of a list of links to other stories."""
    return bool(_LINKS.match(line))


def parse_byline(line: str) -> str:
    """Return the names in a byline, "" for any other line."""
    if len(line) > 160 or line.endswith((". ", "!", "?")):
        return ""
    found = _BYLINE.fullmatch(line)
    return "" if found is None or _NOT_NAMES.search(found["names"]) else found["names"].strip()
