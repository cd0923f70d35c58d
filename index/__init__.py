"""Ask a text and get the text's own words back.

with open_index("memory:") as index:
    index.add(load_article("story.txt"))
    reply = index.ask("Who denied the talks?")
"""

from .core import Index, open_index
from .model import Article, Citation, Filter, Hit, Paragraph, Passage, Reply, Sentence, Verdict
from .sources import load_article

__all__ = [
    "Article",
    "Citation",
    "Filter",
    "Hit",
    "Index",
    "Paragraph",
    "Passage",
    "Reply",
    "Sentence",
    "Verdict",
    "load_article",
    "open_index",
]
