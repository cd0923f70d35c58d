"""Which document a zip archive is: Word or EPUB."""

from __future__ import annotations

from ..errors import UnsupportedFormat
from ..reading.document import Document
from .archive import Archive


def read_archive(data: bytes, source: str) -> Document:
    """Return the Word document or the book that the archive is.

    Raises:
        SourceTooLarge: it has more or larger parts than a document needs.
        UnsupportedFormat: it is another archive, is damaged, or needs a password.
        EmptyArticle: it holds no text.
    """
    archive = Archive(data, source)
    if "META-INF/container.xml" in archive.names:
        from .epub import read_epub  # late: each format's reader is imported for its own files

        return read_epub(archive)
    if "[Content_Types].xml" in archive.names:
        from .docx import read_docx

        return read_docx(archive)
    if "content.xml" in archive.names:
        raise UnsupportedFormat(source, "is an OpenDocument file; save it as .docx or .txt")
    raise UnsupportedFormat(source, "is a zip archive, not a document; unpack it first")
