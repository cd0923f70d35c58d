"""What an article says of itself: its gist, its quotations, its people, its dates and its figures; pure."""

from .contract import Digest, Entry, Fact, digest_to_dict
from .requests import DigestKind, DigestRequest, recognise

__all__ = ["Digest", "DigestKind", "DigestRequest", "Entry", "Fact", "digest_to_dict", "recognise"]
