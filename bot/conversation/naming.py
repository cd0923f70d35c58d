"""Find the article that somebody names: by its number, its id or words of its headline, alike in every face."""

from __future__ import annotations

from dataclasses import replace

from index import Article, Filter, Index
from index.errors import SeveralArticles, UnknownArticle
from index.model import Card

SHORTEST_ID = 4
"""Characters of an id at least that name an article wherever words of its headline may, too."""


def pick_articles(index: Index, within: Filter, words: str) -> list[tuple[int, Card]]:
    """Return the articles that the words name, each with its number in the list of those in view.

    Words name an article by its number, the beginning of its id, or part of its headline; a number names that one
    alone.
    """
    found = [
        (number, card)
        for number, card in enumerate(index.articles(within), 1)
        if names_version(words, number, card) or words.casefold() in card.title.casefold()
    ]
    return [entry for entry in found if words == str(entry[0])] or found


def names_version(words: str, number: int, card: Card) -> bool:
    """Tell whether the words are the article's own number or id, and not those of a headline that others may share."""
    return words == str(number) or (len(words) >= SHORTEST_ID and card.id.startswith(words))


def _find_named(index: Index, within: Filter, words: str) -> list[tuple[int, Card]]:
    """Return what `pick_articles` does, or an article whose id alone begins so.

    Raises:
        UnknownArticle: no article is called so.
    """
    if not words.strip():
        raise UnknownArticle(words)
    if whole := list(index.articles(replace(within, articles=(words,)))):  # its number is not known, nor needed
        return [(0, whole[0])]
    found = pick_articles(index, within, words)
    if not found and len(words) < SHORTEST_ID:
        found = [(0, card) for card in index.articles(within) if card.id.startswith(words)]
    if not found:
        raise UnknownArticle(words)
    return found


def find_story(index: Index, within: Filter, words: str) -> list[tuple[int, Card]]:
    """Return the article that the words name, or all versions of one story that share them in their headlines.

    Each has its number with it, 0 where that is not known.

    Raises:
        UnknownArticle: no article is called so.
        SeveralArticles: articles of several stories are.
    """
    found = _find_named(index, within, words)
    if len({card.story or card.id for _, card in found}) > 1:
        raise _tell_several(words, found)
    return found


def find_card(index: Index, within: Filter, words: str) -> Card:
    """Return the one article that the words name, without reading its text.

    Raises:
        UnknownArticle: no article is called so.
        SeveralArticles: several are.
    """
    found = _find_named(index, within, words)
    if len(found) > 1:
        raise _tell_several(words, found)
    return found[0][1]


def find_article(index: Index, within: Filter, words: str) -> Article:
    """Return the one article that the words name; errors are those of `find_card`."""
    return index.article(find_card(index, within, words).id, within)


def _tell_several(words: str, found: list[tuple[int, Card]]) -> SeveralArticles:
    return SeveralArticles(words, [f"{card.id[:8]} {card.name}" for _, card in found])
