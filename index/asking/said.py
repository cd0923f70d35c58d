"""Answer a question with what somebody says, and nothing else; ask who said something."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

from ..citations.citation import find_speaker_cited
from ..digest.making import name_fully
from ..evidence.candidate import Nominated, rank
from ..evidence.question import Question, read_question
from ..language.language import Language
from ..language.terms import analyse
from ..model import Article, Sentence
from ..verdicts import ReasonCode, Verdict
from .nearness import compare
from .reasons import explain_silence_of, make_reason
from .reply import UNLIKELY, Answered, Judgement, judge
from .retrieve import CANDIDATES, READ, Found, Scope, add_synonyms, find_hits
from .thread import shorten


def answer_as_said(found: Answered, scope: Scope) -> Answered:
    """Answer with sentences that the article attributes to one of the filter's speakers; refuse if there are none.

    All that they say is looked through, in the articles that hold most of the question and of their names. `found` is
    the answer whoever says it: where that is far likelier than anything of theirs, theirs is related only.
    """
    meant, others = found.meant, found.ranked
    scope = scope.in_language(meant.language)
    speakers = scope.filter.speakers
    names = tuple(term for name in speakers for term in analyse(name))
    hits = find_hits(tuple(dict.fromkeys((*add_synonyms(meant, scope), *names))), CANDIDATES, scope)
    keys = list(dict.fromkeys(hit.passage.article_id for hit in hits.hits))[:READ]
    nominated = [_nominate(scope.read(key), speakers) for key in keys]
    looked = Found(scope, tuple(nominated), hits.silenced, hits.hidden, hits.unread)
    ranked = rank(meant, compare(meant, [each for each in nominated if each.numbers], scope.encoder), scope.judge)
    if not ranked and not hits.silenced and not hits.unread:
        return Answered(meant, looked, (), Judgement(0.0, Verdict.REFUSED, explain_silence_of(speakers)))
    judgement = judge(meant, ranked, looked)
    if judgement.verdict is Verdict.ANSWERED and others and others[0].score - ranked[0].score > log(UNLIKELY):
        judgement = Judgement(judgement.confidence, Verdict.RELATED, make_reason(ReasonCode.NOT_STATED))
    return Answered(meant, looked, ranked, judgement)


def _nominate(article: Article, speakers: Sequence[str]) -> Nominated:
    said = (sentence.number for sentence in article.sentences if _is_said_by(article, sentence, speakers))
    return Nominated(article, frozenset(said))


def _is_said_by(article: Article, sentence: Sentence, speakers: Sequence[str]) -> bool:
    """Tell whether the article attributes a sentence to one of the speakers: it names all that is written of them."""
    speaker = find_speaker_cited(article, sentence)
    if speaker is None:
        return False
    named = {*analyse(speaker.text), *analyse(name_fully(article, speaker.text))}
    return any(named.issuperset(terms) for name in speakers if (terms := analyse(name)))


def ask_who_said(quoted: str, asked: str, language: Language) -> Question:
    """Return the question who said these words, in the language of the article that quotes them."""
    words = shorten(quoted.strip('"“” '))
    if language.follow:
        from . import follow_by_language  # late: most articles are in English

        return follow_by_language.ask_who_said(words, asked, language)
    return read_question(f"Who said “{words}”?", asked)
