"""The arguments of the tools: frozen values, of which the JSON schemas that clients get are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

_STRICT = ConfigDict(extra="forbid")

_Article = Annotated[str, Field(description="Only this article: its id, or the beginning of one.")]
_Source = Annotated[str, Field(description="Only articles whose agency, file or address holds this.")]
_Since = Annotated[str, Field(description="Only articles published then or later: 2023, 2023-01 or 2023-01-31.")]
_Until = Annotated[str, Field(description="Only articles published before that: 2023, 2023-01 or 2023-01-31.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskArguments:
    """A question, and which articles may answer it."""

    __pydantic_config__ = _STRICT
    question: Annotated[str, Field(description="One question in English.")]
    history: Annotated[
        tuple[str, ...], Field(description="Earlier questions of the conversation, oldest first, for a follow-up.")
    ] = ()
    article: _Article = ""
    source: _Source = ""
    since: _Since = ""
    until: _Until = ""
    limit: Annotated[int, Field(ge=1, le=10, description="Passages at most.")] = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchArguments:
    """Words, and which articles to look in."""

    __pydantic_config__ = _STRICT
    words: Annotated[str, Field(description="Words to look for; a passage needs to hold one of them.")]
    article: _Article = ""
    source: _Source = ""
    since: _Since = ""
    until: _Until = ""
    limit: Annotated[int, Field(ge=1, le=100, description="Passages at most.")] = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArguments:
    """An article, and where to begin."""

    __pydantic_config__ = _STRICT
    article: Annotated[str, Field(description="The article's id, or the beginning of one.")]
    paragraph: Annotated[int, Field(ge=1, description="The paragraph to begin with; `next` of the last result.")] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotesArguments:
    """Whose words, and in which article."""

    __pydantic_config__ = _STRICT
    speaker: Annotated[str, Field(description="Whose words; empty for everybody's, of one article.")] = ""
    article: Annotated[str, Field(description="The article's id; empty to look in those that name the speaker.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestArguments:
    """What is asked for, and of which article."""

    __pydantic_config__ = _STRICT
    kind: Annotated[
        Literal[
            "about", "people", "person", "timeline", "numbers", "headline", "published", "author", "source", "latest"
        ],
        Field(description="about: its main sentences. latest: the newest articles of the library."),
    ]
    article: Annotated[str, Field(description="The article's id; not needed for latest, nor if there is one only.")] = (
        ""
    )
    of: Annotated[str, Field(description="Of person, whom; of latest, the topic.")] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyArguments:
    """What to check: a draft, or quotations."""

    __pydantic_config__ = _STRICT
    draft: Annotated[
        str, Field(description="A text; every quotation in double quotation marks is looked up, word for word.")
    ] = ""
    quotations: Annotated[
        tuple[dict[str, Any], ...],
        Field(description="Quotations as these tools gave them, saved replies, or Web Annotations."),
    ] = ()


Arguments = AskArguments | SearchArguments | ReadArguments | QuotesArguments | DigestArguments | VerifyArguments
"""What a tool is given."""
