"""How people type to a chat: short spellings of small words, and words that add nothing to what is asked.

The tables are our own collection of chat spellings; nothing in them comes from a list of others. They hold for
questions alone: an article is read as it is written.
"""

from __future__ import annotations

import re

from .. import patterns
from .wordlists import word_set


def _read_pairs(text: str) -> dict[str, str]:
    """Return what each word stands for, from lines of words and, behind "=", what they all stand for."""
    pairs = [line.split("=") for line in text.strip().splitlines()]
    return {word: meant.strip() for words, meant in pairs for word in words.split()}


TYPED = _read_pairs("""
    whos whose's hoos = who is
    whats wats wuts whts = what is
    wheres = where is
    whens = when is
    whys = why is
    hows = how is
    whod = who did
    whyd = why did
    howd = how did
    thats = that is
    theres = there is
    heres = here is
    hes = he is
    shes = she is
    theyre = they are
    youre = you are
    wer = were
    waht wat wut wht whta = what
    wen whne wehn = when
    hwo hw = how
    wich whitch whcih wihch wich's = which
    wher whre wehre = where
    whyy wy = why
    teh hte da = the
    taht tht = that
    thsi = this
    thier thare = their
    dont doesnt dosent doesent = does not
    didnt didn = did not
    isnt = is not
    arent = are not
    wasnt = was not
    werent = were not
    hasnt havent hadnt = have not
    cant cudnt couldnt = can not
    wouldnt wudnt wouldn = would not
    shouldnt shudnt = should not
    wont = will not
    cud = could
    wud = would
    shud = should
    hav hve = have
    u = you
    ur = your
    r = are
    ya = you
    im = i am
    ive = i have
    n nd adn = and
    frm = from
    abt bout = about
    thru = through
    w/ wit = with
    bc bcs bcuz cuz becuase becasue becaus becouse beacuse = because
    b4 = before
    ppl peple poeple peopel pepole = people
    mcuh muhc = much
    mnay = many
    alot = a lot
    gonna = going to
    wanna = want to
    gotta = have to
    gov govt goverment = government
    yr = year
    yrs = years
    hrs = hours
    mins = minutes
    tho = though
    hapened happend happned happended hapenned = happened
""")
"""What people mean by such a word in a question."""

FILLERS = word_set("""
    so too just exactly actually really even pls plz please ok okay well anyway anyways btw lol hey hi hello yo thx
    thanks basically literally anyone anybody someone somebody everyone everybody anything something everything
""")
"""Words that tell nothing of what is asked; a question that has nothing else keeps them."""

OPENING = patterns.compile(
    r"\W{0,9}(?:(?:hi|hey|hello|ok|okay|so|well|and|but|um|please|pls)\b[\s,.!]{0,9}){0,4}"
    r"(?:(?:can|could|would|will) (?:you|u|anyone|somebody|someone) (?:please |pls |plz )?"
    r"(?:tell|explain to|remind) (?:me|us)"
    r"|(?:please |pls |plz )?(?:tell|remind) (?:me|us)|(?:do|does) (?:you|u|anyone|anybody|we) (?:happen to )?know"
    r"|(?:i|we) (?:want|need|would like|wanna|d like) to know|i(?:['’]m| am|m)? wonder(?:ing)?|any idea|remind me)\b"
    r"(?=.{0,200}\w)",
    re.IGNORECASE,
    rare=True,
)
"""What asks to be told, before what is asked: "Hey, can you tell me who ..."."""
