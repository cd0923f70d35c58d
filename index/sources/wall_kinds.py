"""The walls in front of articles: the words of each kind, the names that pages give it, what to do about it. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from .. import patterns
from ..errors import state_fact


class Wall(NamedTuple):
    """A kind of wall: the words that it and stories about it have, the phrases that only it has, and what to say.

    `boxes` are the names that pages give its element, as a class or an id, in small letters.
    """

    words: re.Pattern[str]
    phrases: re.Pattern[str]
    boxes: re.Pattern[str]
    message: str


_WORDS = re.IGNORECASE | re.VERBOSE
CONSENT = Wall(
    patterns.compile(
        r"""\b(?:cookies?|consent|privacy|personal\ data|our\ (?:advertising\ )?(?:partners|vendors)|tracking|vendors
        |personali[sz]ed\ (?:ads?|advertising|content)|legitimate\ interests?|advertisers?|identifiers?)\b""",
        _WORDS,
    ),
    patterns.compile(
        r"""\b(?:by\ (?:clicking|continuing|using\ (?:this|our))|accept\ (?:all|cookies)|reject\ all|we\ value\ your
        |we\ and\ (?:our|\d{1,4})\b.{0,40}\b(?:partners|vendors|third\ parties)|(?:this|our)\ (?:web)?site\ uses
        |we(?:\ and\ our\ partners)?\ (?:use|store|place|set)\ (?:\w+\ )?cookies|our\ (?:use\ of\ cookies|partners)
        |(?:change|manage|update|withdraw|set)\ your\ (?:\w+\ )?(?:settings|preferences|choices|options|consent)
        |you\ (?:consent|agree)\ to|give\ (?:us\ )?your\ consent|before\ you\ continue)\b""",
        _WORDS,
    ),
    patterns.compile("cookie|consent|gdpr|ccpa|cmp|onetrust|didomi|usercentrics|truste|privacy|sp[-_]?message"),
    state_fact("shows only a request for consent; open it in a browser, agree, save the page and add the file"),
)
LOGIN = Wall(
    patterns.compile(
        r"""\b(?:log(?:ged)?[\ -]?in|sign(?:ed)?[\ -]?in|sign\ up|subscri(?:be|bers?|ptions?)|passwords?|accounts?
        |members?|membership|regist(?:er|ration)|trial|unlimited|unlock|to\ (?:continue|keep)\ reading|e-?mail\ address
        |cancel|per\ (?:week|month)|(?:digital|full)\ access|paywall|free\ articles?|user\ ?name)\b""",
        _WORDS,
    ),
    patterns.compile(
        r"""\b(?:to\ (?:continue|keep|go\ on)\ reading|(?:continue|keep)\ reading\ (?:with|for|by|this)
        |(?:read|see|view|get|access|unlock|enjoy|for)\ (?:
            the\ (?:rest|full|whole|complete|entire)|full\ access|unlimited
            |(?:this|our|all)\ (?:\w+\ )?(?:article|story|content|piece|report))
        |already\ (?:a\ )?(?:subscriber|member|subscribed|registered|(?:have|has)\ an\ account)
        |(?:only\ (?:available\ )?(?:for|to)|exclusive(?:ly)?\ (?:for|to)|reserved\ for|available\ to|(?:is|are)\ for)
            \ (?:our\ |paying\ |registered\ |digital\ )?(?:subscribers|members)
        |(?:subscribers?|members?)[-\ ]only
        |(?:subscribe|register|log\ in|sign\ (?:in|up))\ (?:now\ )?(?:to|for)
            \ (?:read|continue|view|access|unlock|see|get|full|unlimited)
        |(?:have|'ve|’ve)\ (?:\w+\ )?(?:reached|used|read)\ (?:\w+\ ){0,4}(?:limit|articles?)
        |(?:free\ )?articles?\ (?:left|remaining)|create\ (?:a\ free|an|your|a)\ account
        |forgot\ (?:your\ )?password|enter\ your\ (?:\w+\ ){0,3}password
        |(?:please\ )?(?:log|sign)\ in\ (?:with|to)\ (?:your|continue|read))\b""",
        _WORDS,
    ),
    patterns.compile(
        r"pay-?wall|reg-?wall|log-?in|sign-?in|subscri(?:be|ber|ption)-?(?:wall|offer|prompt|only)|piano|tp-container",
    ),
    state_fact("asks for a login before it shows the article; log in, save the page and add the file"),
)
ROBOT = Wall(
    patterns.compile(
        r"""\b(?:javascript|cookies|robots?|humans?|verif(?:y|ying)|captcha|denied|blocked|unusual|automated
        |security|(?:your|web)\ browser|bots?|ray\ id)\b""",
        _WORDS,
    ),
    patterns.compile(
        r"""\b(?:(?:enable|turn\ on|activate|requires?|allow)\ (?:javascript|js\b|cookies)
        |(?:you\ are|you're|you’re|are\ you)\ (?:not\ )?(?:a\ )?(?:robot|human|bot|real\ person)
        |javascript\ (?:is|has\ been|seems\ to\ be)\ (?:disabled|turned\ off|required|not\ enabled|blocked)
        |unusual\ (?:traffic|activity)\ from|access\ (?:to\ this\ (?:page|site)\ )?(?:has\ been\ |is\ |was\ )?denied
        |you\ (?:have\ been|are|were)\ (?:blocked|denied)|checking\ (?:if\ the\ site|your\ browser)
        |(?:don't|do\ not|don’t)\ have\ permission\ to\ access|complete\ the
        \ (?:captcha|security\ check|challenge))\b""",
        _WORDS,
    ),
    patterns.compile(r"captcha|challenge|cf-|turnstile|datadome|px-block"),
    state_fact("shows itself to browsers only; open it in one, save the page and add the file"),
)
MISSING = Wall(
    patterns.compile(r"\b(?:404|error|page|not\ found|exist|moved|deleted|removed|expired|looking\ for)\b", _WORDS),
    patterns.compile(
        r"""\b(?:page\ (?:you\ (?:are|were|'re|’re)?\ ?(?:looking|requested)|not\ found)
        |(?:page|article|story)\ (?:\w+\ ){0,6}(?:does\ not|doesn't|doesn’t|no\ longer)\ exists?
        |(?:could\ not|couldn't|couldn’t|can't|can’t|cannot)\ find
        \ (?:the|that|this|what)\ (?:\w+\ )?(?:page|article|story|you))\b""",
        _WORDS,
    ),
    patterns.compile(r"(?:error|page|not)-?(?:404|not-?found|found)|404"),
    state_fact("says that there is no such page; check the address"),
)
WALLS = (ROBOT, CONSENT, MISSING, LOGIN)
"""All kinds, in the order in which a paragraph is held against them."""
