"""Answer a question that may hang on earlier ones: on their words, or on the sentences that answered them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..digest.people import find_people
from ..evidence.candidate import Candidate, Nominated, rank
from ..evidence.question import Question, list_generic_terms
from ..evidence.speakers import find_speaker
from ..evidence.weights import load_model
from ..language.language import Language, get_language
from ..verdicts import ReasonCode, Verdict
from . import followup
from .followup import Dependence, Followup
from .nearness import compare
from .reasons import explain_answer, make_reason
from .reply import Answered, AnswerMemory, Judgement, RememberedAnswer, answer_alone, judge, remember_answer
from .retrieve import Scope, may_speak, retrieve
from .said import ask_who_said
from .thread import Turn, tell_spoken, was_refused, weigh_distance
from .understand import Refusal, is_small_talk, strip_courtesy, tell_language, understand

RECALLED = 3
"""Earlier questions that are answered again for what a follow-up points at; of older ones only the words count."""

SHARES = {Dependence.OPEN: 0.3, Dependence.ANEW: 2.0}
"""How much nearness to the last answer counts: little where only the topic is left open, twice for "When?"."""

SAME_SPEAKER = 4.0
"""What a sentence gains, where "what else did he say?" is asked, if he says it."""

NAMED = 1.0
"""What a sentence gains that names the person who is borrowed, and loses if it names only others."""

SEEN = -6.0
"""What a sentence gains, where something else is asked for, if it answered before."""

BORROWED = 0.3
"""The weight of a follow-up as completed; the rest is that of its own words, which nobody guessed."""

BORROWED_OPEN = 0.7
"""The same where its own words say next to nothing, or leave the topic open ("Which is better?")."""

_VERDICTS = (Verdict.ANSWERED, Verdict.RELATED, Verdict.REFUSED)
_DEED = "the one who "
"""How somebody is called whom no turn and no answer names: good to read, too many words to look for."""


def answer_in_conversation(
    asked: str, history: Sequence[str], scope: Scope, memory: AnswerMemory
) -> Answered | Refusal:
    """Answer a question; `history` holds the earlier questions of the conversation, oldest first.

    Returns why not, if it cannot be asked. What `memory` lacks of the last of them is answered again, and kept there.
    """
    text = strip_courtesy(asked)
    alone = understand(asked, text, scope)
    if is_small_talk(asked):
        return alone if isinstance(alone, Refusal) else answer_alone(alone, scope)
    if isinstance(alone, Question) and not (alone.language.has_rules or alone.language.follow):
        return answer_alone(alone, scope)
    return _answer_in_thread(asked, text, alone, _recall(history, scope, memory), scope)


def _recall(history: Sequence[str], scope: Scope, memory: AnswerMemory) -> tuple[Turn, ...]:
    """Return the earlier turns; the last few with what answered them."""
    plain = [strip_courtesy(text) for text in history]
    recent = max(0, len(plain) - RECALLED)
    thread: list[Turn] = [Turn(text, text) for text in plain[:recent]]
    for place, text in enumerate(plain[recent:], recent):
        before = history[:place]
        told = memory.find(history[place], before, scope)
        if told is None or not _may_still_speak(told, scope):
            told = _answer_again(text, thread, scope)
            memory.keep(history[place], before, scope, told)
        article = scope.read(told.article_id) if told.article_id else None
        thread.append(Turn(text, told.understood, told.verdict, article, told.sentence, told.held))
    return tuple(thread)


def _may_still_speak(told: RememberedAnswer, scope: Scope) -> bool:
    return not told.article_id or may_speak(told.article_id, scope)


def _answer_again(text: str, thread: Sequence[Turn], scope: Scope) -> RememberedAnswer:
    """Return what becomes of an earlier question, asked after the turns before it."""
    if is_small_talk(text):
        return RememberedAnswer(text, Verdict.REFUSED)
    alone = understand(text, text, scope)
    if isinstance(alone, Question) and not (alone.language.has_rules or alone.language.follow):
        return remember_answer(answer_alone(alone, scope))
    return remember_answer(_answer_in_thread(text, text, alone, thread, scope))


def _answer_in_thread(
    asked: str, question: str, alone: Question | Refusal, thread: Sequence[Turn], scope: Scope
) -> Answered | Refusal:
    """Answer what was `asked`, a `question` without courtesies, which may hang on the turns before it."""
    language = tell_language(question, scope)
    thread = [turn for turn in thread if tell_spoken(turn, scope) == language.code]
    hanging = _follow(question, thread, language)
    if hanging.kind is Dependence.ALONE and hanging.text is None:
        return alone if isinstance(alone, Refusal) else answer_alone(alone, scope)
    if hanging.kind is Dependence.SAID and (told := _answer_who_said(asked, thread, scope)) is not None:
        return told
    if hanging.kind is Dependence.OPEN and isinstance(alone, Question) and followup.is_clause(question):
        unaided = answer_alone(alone, scope)
        if unaided.judgement.verdict is Verdict.ANSWERED:  # "Who died?": nothing need be borrowed
            return unaided
    text = hanging.text or ""
    guessed = _DEED in text and isinstance(alone, Question)
    completed = understand(asked, text, scope) if text and not guessed else None
    readings = [one for one in (completed, alone) if isinstance(one, Question)]
    if not readings:
        return (
            completed if isinstance(completed, Refusal) else Refusal(asked, question, make_reason(ReasonCode.NO_WORDS))
        )
    return _choose(readings, hanging, thread, scope)


def _follow(question: str, thread: Sequence[Turn], language: Language) -> Followup:
    """Return how a question hangs on the turns before it, by the rules of its language."""
    if not language.has_rules:
        from .follow_by_language import follow_in  # late: most questions are in English

        return follow_in(question, thread, language)
    return followup.follow(question, thread, followup.list_names(question, thread))


def _choose(readings: Sequence[Question], hanging: Followup, thread: Sequence[Turn], scope: Scope) -> Answered:
    """Return the answer under the readings of a follow-up: sentences near the last answer gain."""
    founds = [retrieve(reading, scope) for reading in readings]
    scope = founds[-1].scope  # that of the question's language
    numbers: dict[str, set[int]] = {}
    articles: dict[str, Nominated] = {}
    for found in founds:
        for each in found.nominated:
            numbers.setdefault(each.article.id, set()).update(each.numbers)
            known = articles.get(each.article.id)
            articles[each.article.id] = each if known is None or each.loss < known.loss else known
    anchor = next((turn for turn in reversed(followup.list_topics(thread)) if turn.article is not None), None)
    if anchor is not None and anchor.article is not None and may_speak(anchor.article.id, scope):
        key = anchor.article.id
        near = range(max(1, anchor.sentence - 2), min(len(anchor.article.sentences), anchor.sentence + 4) + 1)
        numbers.setdefault(key, set()).update(near)
        articles.setdefault(key, Nominated(anchor.article, frozenset()))
    nominated = [articles[key]._replace(numbers=frozenset(some)) for key, some in numbers.items()]
    scores: dict[tuple[str, int], list[Candidate]] = {}
    for reading in readings:
        for candidate in rank(reading, compare(reading, nominated, scope.encoder), scope.judge):
            scores.setdefault((candidate.article.id, candidate.number), []).append(candidate)
    gain = _weigh_place(hanging, readings[-1].text, thread, scope)
    # "How many of them?" fits many an article
    says_little = (len(nominated) > 1 or scope.meaning is None) and list_generic_terms().issuperset(readings[-1].terms)
    share = BORROWED_OPEN if hanging.kind is Dependence.OPEN or says_little else BORROWED
    both = sorted(((_weigh(each, share, gain), each) for each in scores.values()), key=lambda pair: _order(*pair))
    answers = [
        Answered(
            reading,
            found,
            ranked := tuple(each[at]._replace(score=score) for score, each in both),
            judge(reading, ranked, found),
        )
        for at, (reading, found) in enumerate(zip(readings, founds, strict=True))
    ]
    if hanging.kind is Dependence.ANOTHER:  # "And the mayor?" alone is no question
        return (
            answers[0] if answers[0].judgement.verdict is Verdict.ANSWERED or not was_refused(thread) else answers[-1]
        )
    if hanging.kind is Dependence.OPEN:
        return _pick_open(answers)
    best = min(answers, key=lambda one: _VERDICTS.index(one.judgement.verdict))  # of equals the first
    return _trust_speaker(best) if hanging.kind is Dependence.ELSE and _says_first(best, hanging, thread) else best


def _pick_open(answers: Sequence[Answered]) -> Answered:
    """Return the answer to an open question ("Any injuries?") as completed if that helps, else as it was asked.

    It helps if the verdict is better, and not by the borrowed words alone: the sentence has one of the question's own,
    or is at least related to the question as asked.
    """
    completed, alone = answers[0], answers[-1]
    ranks = [_VERDICTS.index(one.judgement.verdict) for one in (completed, alone)]
    if ranks[0] >= ranks[1]:
        return alone
    own = followup.list_own_terms(alone.meant.words)
    held = not own or not own.isdisjoint(completed.ranked[0].view.window)
    return completed if held or alone.judgement.verdict is not Verdict.REFUSED else alone


def _says_first(answer: Answered, hanging: Followup, thread: Sequence[Turn]) -> bool:
    """Tell whether the first sentence is said by whom "what else did he say?" means."""
    topics = [turn for turn in followup.list_topics(thread) if turn.article is not None]
    speaker = _find_speaker_meant(hanging, topics[-1]) if topics else ""
    if not speaker or not answer.ranked:
        return False
    said = find_speaker(answer.ranked[0].article, answer.ranked[0].view.sentence)
    return said is not None and speaker in said.text


def _trust_speaker(answer: Answered) -> Answered:
    """Return the answer as one: who says a sentence stands beside it, whatever words the question has."""
    best = answer.ranked[0].view
    confidence = max(answer.judgement.confidence, load_model(language=best.question.language.code).answered)
    return answer._replace(judgement=Judgement(confidence, Verdict.ANSWERED, explain_answer(best)))


def _order(score: float, each: Sequence[Candidate]) -> tuple[float, str, int]:
    return -score, each[0].article.id, each[0].number


def _weigh(both: Sequence[Candidate], share: float, gain: Callable[[Candidate], float]) -> float:
    """Return the score of a sentence under both readings, with what it gains from its place."""
    return share * both[0].score + (1 - share) * both[-1].score + gain(both[0])


def _split_people(hanging: Followup, question: str, anchor: Turn) -> tuple[frozenset[int], frozenset[int]]:
    """Return the sentences that name the person whom a follow-up borrows, and those that name only other people."""
    if anchor.article is None or not hanging.text:
        return frozenset(), frozenset()
    before, after = (frozenset(re.findall(r"[\w-]+", text.lower())) for text in (question, hanging.text))
    people = find_people(anchor.article)
    meant = [one for one in people if one.last.lower() in after - before]
    if not meant:
        return frozenset(), frozenset()
    named = frozenset(number for one in meant for number in one.numbers)
    return named, frozenset(number for one in people for number in one.numbers) - named


def _weigh_place(
    hanging: Followup, question: str, thread: Sequence[Turn], scope: Scope
) -> Callable[[Candidate], float]:
    """Return what a sentence gains from where it stands and who speaks."""
    topics = [turn for turn in followup.list_topics(thread) if turn.article is not None]
    if not topics:
        return lambda _: 0.0
    anchor = topics[-1]
    key = anchor.article.id if anchor.article else ""
    share = SHARES.get(hanging.kind, 1.0)
    seen = (
        {(turn.article.id, turn.sentence) for turn in topics if turn.article}
        if hanging.kind is Dependence.ELSE
        else set()
    )
    speaker = _find_speaker_meant(hanging, anchor) if hanging.kind is Dependence.ELSE else ""
    named, others = _split_people(hanging, question, anchor)

    def gain(one: Candidate) -> float:
        if (one.article.id, one.number) in seen:
            return SEEN
        distance, by_meaning = one.number - anchor.sentence, scope.meaning is not None
        near = share * weigh_distance(distance, by_meaning=by_meaning) if one.article.id == key else 0.0
        wants = one.view.question.wants
        if hanging.kind is Dependence.ANEW and wants.lacking and not wants.nearby and not one.view.wanted:
            near = 0.0  # "when?" is answered by what is near only if that tells a time
        if one.article.id == key:
            near += NAMED * (one.number in named) - NAMED * (one.number in others)
        if not speaker:
            return near
        said = find_speaker(one.article, one.view.sentence)
        return near + (SAME_SPEAKER if said is not None and speaker in said.text else 0.0)

    return gain


def _find_speaker_meant(hanging: Followup, anchor: Turn) -> str:
    """Return the last name of whom "what else did he say?" means, or who speaks in the last answer; "" for nobody."""
    if anchor.article is None:
        return ""
    text = (hanging.text or "").lower()
    named = next((one.last for one in find_people(anchor.article) if one.last.lower() in text), "")
    said = find_speaker(anchor.article, anchor.article.sentences[anchor.sentence - 1])
    return named or (said.text.split()[-1] if said else "")


def _answer_who_said(asked: str, thread: Sequence[Turn], scope: Scope) -> Answered | None:
    """Return who said what the last answer says: its sentence, or the one beside it that names the speaker."""
    turn = next((turn for turn in reversed(followup.list_topics(thread)) if turn.article is not None), None)
    if turn is None or turn.article is None or not may_speak(turn.article.id, scope):
        return None
    article, number = turn.article, turn.sentence
    said = find_speaker(article, article.sentences[number - 1])
    if said is not None:
        beside = [one.number for one in article.sentences if one.start <= said.start < one.end]
        number = next((one for one in beside if abs(one - number) == 1), number)
    meant = ask_who_said(article.quote(article.sentences[turn.sentence - 1]), asked, get_language(article.language))
    found = retrieve(meant, scope)
    near = Nominated(article, frozenset({number, turn.sentence}))
    first = [one for one in rank(meant, compare(meant, [near], found.scope.encoder)) if one.number == number]
    rest = rank(meant, found.nominated, found.scope.judge)
    others = [one for one in rest if (one.article.id, one.number) != (article.id, number)]
    top = max((one.score for one in others), default=0.0)
    ranked = (first[0]._replace(score=max(first[0].score, top)), *others)
    told = Answered(meant, found, ranked, judge(meant, ranked, found))
    return told if said is None else _trust_speaker(told)
