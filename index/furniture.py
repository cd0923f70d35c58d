"""Lines that pages and wires put around a story: navigation, feedback, copyright, sign-offs. Pure.

Each pattern must match a whole line, so that a sentence which merely speaks of copyright or of a
newsletter stays body.
"""

from __future__ import annotations

import re

END_STRONG = re.compile(r"(?:^|\s)(?:\((?:END|ENDS|End|Ends)\)|-+\s?30\s?-+|<\s?END\s?>)$")
"""An end mark that closes a story wherever it stands at the end of a paragraph."""

END = re.compile(
    r"\(?(?:END|ENDS|MORE|End|Ends|more)\)?|-+\s?(?:30|0|more|MORE|END|ENDS)\s?-+|<\s?END\s?>|#{1,5}|(?:# ?){2,5}"
)
"""A line that says that the story ends, or goes on in another file."""

SEPARATOR = re.compile(r"[\W_]+")
"""A line without a letter or a digit."""

_LABELLED = r"(?:[:\s]\s?(?:\S+\s?){0,6})?"
_FURNITURE = re.compile(
    r"(?:(?:go|skip|jump|back|return|scroll) to (?:the )?(?:main )?(?:contents?|navigation|menu|search|footer|top|home(?:page)?|list)[\s|]*)+"
    r"|(?:send|leave|give|share)(?: us)?(?: your)? feedback|how can we improve\??|thanks? (?:you )?for your feedback[.!]?"
    r"|(?:was|did you find) this (?:article|page|story|information)(?: \w+)? ?(?:helpful|useful)\??(?: (?:yes|no))*"
    r"|(?:report|flag|spotted|see) an? (?:error|typo|mistake|correction).{0,60}|(?:submit|send|request) (?:us )?a (?:correction|tip|letter).{0,40}"
    r"|(?:got|have) an? (?:\w+ )?tip\?.{0,80}"
    r"|(?:related|more|other|latest|top|recommended|featured|popular|trending|similar|sponsored|breaking|recent) "
    r"(?:articles?|news|stories|topics?|contents?|coverage|links?|reading|keywords?|tags?|videos?|posts?|headlines)(?: (?:now|today|for you))?[:.]?"
    r"|most (?:read|viewed|popular|shared|commented|watched)(?: (?:articles|news|stories|today|now))?:?"
    r"|(?:read|see|watch|listen|learn|view|show|load) (?:more|also|all|next|less|full (?:article|story))(?: (?:on|about|from|stories|news) .{1,60})?[:.…]*"
    r"|(?:read more|see also|related|also read|read also|watch|more on this)\s?[:>|»].{1,160}(?<![.!?])"
    r"|you (?:may|might) also (?:like|be interested in|enjoy)[:.]?|recommended(?: for you)?:?|editors?['’]?s?['’]? picks?:?"
    r"|in other news:?|don['’]t miss:?|up next:?|more (?:from|on|about|in) [\w '’&-]{1,40}:?"
    r"|(?:subscribe|sign up|register|join us|log ?in|sign in|become a (?:member|subscriber))(?: (?:now|today|here|free|for free))?[.!]?"
    r"|(?:subscribe|sign up|register|follow|join|download|get|click|tap|visit) (?:(?:here|to|for|our|us|on|now|the|this|your|all|it)\b.{0,100}|@\S{1,40})"
    r"(?:newsletters?|alerts?|inbox|channel|app|podcast|subscription|youtube|facebook|twitter|instagram|telegram|linkedin|"
    r"free trial|google news|whatsapp|here|website|breaking news)\b.{0,60}"
    r"|(?:advertisement|advert|ads? by \w+|sponsored|promoted|paid content|story continues below(?: advertisement)?|article continues below.{0,30}"
    r"|continue reading(?: below)?|advertisement\W+(?:continue|scroll|story|article).{0,60})[.:…]?"
    r"|(?:\d+ )?comments?(?: ?\(?\d+\)?)?|leave a (?:comment|reply)|post a comment|view comments.{0,20}|no comments(?: yet)?|join the (?:conversation|discussion)"
    r"|(?:print|share|save|copy|email|e-mail|tweet|bookmark)(?: (?:this|the|link|url|page|article|story|to clipboard|by (?:e-?mail|sns))){1,3}(?: (?:on|via|with) .{1,40})?[:.!]?"
    r"|listen to this (?:article|story).{0,30}|(?:estimated )?(?:reading time:? )?\d{1,3}[ -]?min(?:ute)?s?(?: (?:read|ago))?|loading(?:\.{3}|…)?"
    r"|(?:reading time|read time)\W+\d{1,3} ?min(?:ute)?s?"
    r"|(?:privacy|cookies?) (?:policy|notice|settings|preferences)|terms (?:of (?:use|service)|and conditions|& conditions)|about us|contact us.{0,60}|advertise(?: with us)?|site ?map"
    r"|(?:font|text) size.{0,20}|(?:larger|smaller) (?:font|text)|close(?: menu)?|open menu|menu|search|share|print|tweet|home"
    r"|(?:\(?c\)?opyrights?|\(c\)|©|ⓒ)\W{0,3}(?:(?:\(c\)|©|ⓒ|by\b|\d{4}).{0,150}|(?:[\w&'’-]+\W{1,3}){0,8}all rights reserved.{0,60})"
    r"|(?:©|ⓒ|\(c\) ?(?:\d{4}|[A-Z])).{1,150}|copyright\W*|.{0,120}\ball rights (?:are )?reserved\b.{0,100}"
    r"|this (?:material|content|article) may not be (?:published|broadcast|reproduced|rewritten|redistributed|copied).{0,120}"
    r"|published, broadcast, rewritten.{0,80}|(?:unauthori[sz]ed |any )?(?:reproduction|redistribution|reprinting|use).{0,60}(?:is |are )?(?:strictly )?prohibited\.?"
    r"|our standards: .{0,80}"
    r"|\((?:additional |further )?(?:reporting|writing|editing|compiled|photographs?|graphics?|translation)(?: and (?:writing|editing|reporting))? by .{1,220}\)?"
    r"|(?:additional |further )?(?:reporting|writing|editing) by [^;.!?]{3,80}"
    r"(?:; ?(?:additional )?(?:reporting|writing|editing)(?: and (?:reporting|writing|editing))? by [^;!?]{3,80}){1,3}"
    r"|(?:related topics?|topics?|tags?|keywords?|filed under) ?: ?[^.!?]{2,120}"
    r"|.{3,160}\bcontributed(?: \w+)? to this (?:report|story|article)\."
    r"|(?:https?://|www\.)\S+|[\w .,'’()/=-]{0,50}[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,40}){1,4}[\s).]*"
    r"|[a-z]{2,4}(?:-[a-z]{2,4}){0,3}/[a-z]{2,4}(?:/[a-z]{2,4}){0,3}"
    r"|(?:home|news|world|national|politics|business|sports?|opinion|culture|all news)(?:\s?[>›»|/·]\s?[\w&' -]{2,30}){1,8}"
    r"|[\w&'’]{2,20}(?: [\w&'’]{2,20}){0,2}(?:\s?[|›»·]\s?[\w&'’]{2,20}(?: [\w&'’]{2,20}){0,2}){2,12}",
    re.IGNORECASE,
)
_SHARE = frozenset(
    "facebook twitter x email e-mail mail print copy link url whatsapp telegram linkedin reddit kakao kakaotalk kakaostory line pinterest "
    "share save font size text scrap bookmark comment comments tweet like instagram youtube naver band threads bluesky messenger flipboard "
    "pocket tumblr sms sns to on this via more".split()
)
_WIDE = re.compile(r"\s{2,}|\t")
_LINKS = re.compile(
    r"(?:related|more|most|recommended|read|see|you|top|latest|popular|trending|other|editor|in other|don)",
    re.IGNORECASE,
)

_PARTICLE = r"(?:de|da|del|della|di|van|von|der|den|la|le|el|al|bin|ibn|ben|y|e|dos|ter|af|av)"
_PART = r"(?:[^\W\d_a-zà-ÿ](?:[\w’']*[\w]|\.)?(?:[-'’.][^\W\d_][\w’']*\.?)*)"
_NAME = rf"{_PART}(?: (?:{_PARTICLE} ){{0,2}}{_PART}){{1,4}}"
_BYLINE = re.compile(
    rf"(?:(?:Reported|Written|Story|Text|Words|Analysis|Report|Review|Compiled)\s)?(?:By|BY|by):?\s(?P<names>{_NAME}(?:(?:,? and |,? AND | & |, ){_NAME}){{0,4}})"
    r"(?P<post>(?:\s?[,|/–—-]\s?|\s\(|\s(?:in|of|for)\s)[\w .,'’&|/()-]{2,80})?"
)
_NOT_NAMES = re.compile(
    r"\b(?:January|February|March|April|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|"
    r"Saturday|Sunday|The|This|That|Then|Now|Far|Any|All)\b"
)


def is_furniture(line: str) -> bool:
    """Tell whether the whole line is of a kind that pages and wires put around a story."""
    if _FURNITURE.fullmatch(line):
        return True
    items = _WIDE.split(line)
    if 1 < len(items) <= 12 and all(_FURNITURE.fullmatch(item) or item.lower() in _SHARE for item in items):
        return True
    words = line.lower().replace("|", " ").replace("/", " ").replace(",", " ").replace("·", " ").split()
    return 1 < len(words) <= 15 and all(word in _SHARE for word in words)


def opens_links(line: str) -> bool:
    """Tell whether a line of furniture heads a list of links to other stories."""
    return bool(_LINKS.match(line))


def byline(line: str) -> str:
    """Return the names in a line that says who wrote the story, "" for any other line."""
    if len(line) > 160:
        return ""
    found = _BYLINE.fullmatch(line)
    if found is None or _NOT_NAMES.search(found["names"]):
        return ""
    if found["post"] and line.endswith(".") and len(found["post"].split()) > 5:
        return ""
    return found["names"].strip()
