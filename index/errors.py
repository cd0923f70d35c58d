"""Every error the library raises on purpose; anything else that escapes is a bug.

    PullquoteError
    ├── SourceError(source)               a source cannot be read as an article
    │   ├── SourceUnavailable             it cannot be opened or fetched just now
    │   ├── SourceTooLarge(limit)         it is larger than we accept
    │   ├── UnsupportedFormat             its bytes are in no format that we read
    │   ├── UnsupportedLanguage(language) its text is not English
    │   ├── EmptyArticle                  it holds no sentence that could be cited
    │   └── BlockedAddress                its address is not a public one
    ├── UnknownArticle(article_id)        there is no such article in the collections searched
    │   └── SeveralArticles(names)        several are called so
    ├── OutputError(path)                 a file that was asked for cannot be written
    ├── ModelError(file)                  a file of the models that came with Pullquote cannot be used
    └── EngineError(engine)               an index cannot do what was asked
        ├── EngineUnavailable             trying again may help
        ├── EngineNotInstalled(extra)     an optional package is missing
        ├── IncompatibleIndex(found, expected)
        ├── ArticlesRefused(refused)      it will not take some articles
        └── CorruptIndex                  its bytes are damaged

A message says what is wrong and what to do next; the facts are attributes. Built-in
errors (`ValueError`, `TypeError`) mean a mistake in the calling program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Fault(str):
    """What is wrong with a source: one line of English, which is the string itself.

    With `template` and `values`, its English with named places and what stands in them, a face can say it in another
    language.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, str | int | float]

    def __new__(cls, text: str, template: str, values: Mapping[str, str | int | float]) -> Fault:
        """Make a fact of its English, template and values."""
        made = super().__new__(cls, text)
        made.template, made.values = template, values
        return made


def state_fact(template: str, **values: str | int | float) -> Fault:
    """Return a fact; the call marks its English as one that a face may show in another language."""
    return Fault(template.format(**values) if values else template, template, values)


class PullquoteError(Exception):
    """Base of all errors meant for the person who asked."""


class SourceError(PullquoteError):
    """A source that cannot be read as an article; `source` is its path or address."""

    def __init__(self, source: str, message: str) -> None:
        """Keep the source and build the message "SOURCE: MESSAGE"."""
        super().__init__(f"{source}: {message}" if source else message)
        self.source = source
        self.message = message

    @property
    def fact(self) -> str:
        """The message without a command to type, which stands last in it, for faces that have no command line."""
        return self.message.partition("; `pullquote ")[0]


class SourceUnavailable(SourceError):
    """The source cannot be opened or fetched; it may work later, or under another name."""


class SourceTooLarge(SourceError):
    """The source is larger than `limit`, in bytes or characters; the message says which."""

    def __init__(self, source: str, message: str, limit: int) -> None:
        """Keep the limit that was passed."""
        super().__init__(source, message)
        self.limit = limit


class UnsupportedFormat(SourceError):
    """The bytes are in no format that we read, or too damaged to read."""


class UnsupportedLanguage(SourceError):
    """The text is in no language that is served; `language` is the code of the one that it looks like."""

    def __init__(self, source: str, message: str, language: str) -> None:
        """Keep the language that was recognised."""
        super().__init__(source, message)
        self.language = language


class EmptyArticle(SourceError):
    """The source was read, but holds no sentence that could be cited."""


class BlockedAddress(SourceError):
    """The address leads to a machine that is not on the public internet."""


class UnknownArticle(PullquoteError):
    """No article has this id in the collections searched."""

    def __init__(self, article_id: str) -> None:
        """Keep the id that was asked for."""
        super().__init__(f"no article {article_id!r} here; `pullquote list` shows what there is")
        self.article_id = article_id


class SeveralArticles(UnknownArticle):
    """Several articles are called so; `names` holds the beginning of the id and the headline of each."""

    def __init__(self, article_id: str, names: Sequence[str]) -> None:
        """Keep what was asked for and what it may mean."""
        super().__init__(article_id)
        told = "; ".join(names[:3]) + ("; ..." if names[3:] else "")
        self.args = (f"{article_id!r} names {len(names)} articles: {told}. Give an id",)
        self.names = tuple(names)


class OutputError(PullquoteError):
    """A file that was asked for cannot be written; `path` is its name. What stood there before is untouched."""

    def __init__(self, path: str, message: str) -> None:
        """Keep the path and build the message "PATH: MESSAGE"."""
        super().__init__(f"{path}: {message}")
        self.path = path


class ModelError(PullquoteError):
    """A file of the models that came with Pullquote cannot be used; `file` is its name."""

    def __init__(self, file: str, message: str) -> None:
        """Keep the file's name and build the message "the model file FILE MESSAGE"."""
        super().__init__(f"the model file {file} {message}")
        self.file = file


class EngineError(PullquoteError):
    """An index cannot do what was asked; `engine` is its address without secrets."""

    def __init__(self, engine: str, message: str) -> None:
        """Keep the engine's address and build the message "ENGINE: MESSAGE"; "disk:" alone is the user's library."""
        super().__init__(f"{'the library' if engine == 'disk:' else engine}: {message}")
        self.engine = engine
        self.message = message


class EngineUnavailable(EngineError):
    """The index cannot be reached or is in use by another writer; trying again may help."""


class EngineNotInstalled(EngineError):
    """The engine needs an optional extra of this package."""

    def __init__(self, engine: str, extra: str) -> None:
        """Keep the extra and say how to install it."""
        how = f"`make install EXTRAS={extra}` in the repository, else the extra [{extra}]"
        super().__init__(engine, f"needs an extra package: {how}")
        self.extra = extra


class IncompatibleIndex(EngineError):
    """The index was written by another format or analyser version; nothing was touched."""

    def __init__(
        self, engine: str, found: str, expected: str, advice: str = "`pullquote rebuild` makes it anew"
    ) -> None:
        """Keep both versions and say how to rebuild."""
        super().__init__(engine, f"was written as {found}, this version reads {expected}; {advice}")
        self.found = found
        self.expected = expected


class ArticlesRefused(EngineError):
    """A cluster refused some articles of a batch, and trying again would not help; all others are stored.

    `refused` holds the reason for each article id, `added` how many of the others were new to the collection.
    """

    def __init__(self, engine: str, refused: Mapping[str, str], added: int = 0) -> None:
        """Keep the reasons and name the first articles."""
        named = "; ".join(f"{key} ({reason})" for key, reason in list(refused.items())[:3])
        super().__init__(engine, f"refused {len(refused)} articles, all others are stored: {named}")
        self.refused = dict(refused)
        self.added = added


class CorruptIndex(EngineError):
    """Stored bytes are damaged: they fail their checksum or cannot be decoded."""
