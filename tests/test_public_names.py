"""The names that others may rely on, one by one: those of the library, and what `bot` uses of it."""

import bot
import index
from index import citations, errors, evaluate
from tests.support.source import imports, read_modules

INDEX = {
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
    "article_from",
    "load_article",
    "open_index",
}
ERRORS = {
    "ArticlesRefused",
    "BlockedAddress",
    "CorruptIndex",
    "EmptyArticle",
    "EngineError",
    "EngineNotInstalled",
    "EngineUnavailable",
    "Fault",
    "IncompatibleIndex",
    "ModelError",
    "OutputError",
    "PullquoteError",
    "SeveralArticles",
    "SourceError",
    "SourceTooLarge",
    "SourceUnavailable",
    "UnknownArticle",
    "UnsupportedFormat",
    "UnsupportedLanguage",
}
CITATIONS = {
    "STYLES",
    "TRANSCRIPTS",
    "Finding",
    "Outcome",
    "PageLanguage",
    "asking_page",
    "cite",
    "conversation_page",
    "deep_link",
    "linked",
    "list_unchecked",
    "page_policy",
    "reading_page",
    "safe_address",
    "transcript",
    "verify",
}
EVALUATE = {"Outcome", "QuestionSet", "open_in_memory", "outcomes", "read_set", "risk_coverage", "summary"}

USED = {
    "index": INDEX | {"patterns"},
    "index.errors": ERRORS,
    "index.stories.changes": {"Change", "Edit", "diff", "diff_words"},
    "index.citations": CITATIONS,
    "index.citations.citation": {"cite_sentences"},
    "index.citations.markup": {"PageFrame", "escape_text", "isolate"},
    "index.citations.wording": {"HIDDEN", "find_time"},
    "index.evaluate": EVALUATE,
    "index.meaning": {"ENCODER", "find_meaning"},
    "index.evaluate.talks": {"hold_conversations", "read_conversations", "summarize"},
    "index.digest": {"Digest", "DigestKind", "DigestRequest", "Entry", "Fact", "digest_to_dict"},
    "index.asking.reasons": {"SENTENCES"},
    "index.asking.overlap": {"has_terms", "measure_overlap"},
    "index.asking.several": {"asks", "asks_yes_or_no", "read_message"},
    "index.asking.understand": {"LONGEST_QUESTION", "is_small_talk"},
    "index.engines": {"HealthIndicator", "Login", "is_loopback", "rebuild"},
    "index.engines.cluster.chat_records": {"ChatRecord", "ChatRecordStore", "VersionedRecord"},
    "index.files": {"WholeFile", "close_to_others", "make_private_file", "make_private_folder", "write_whole"},
    "index.forms.node": {"parse_json"},
    "index.forms.serial": {"article_to_dict", "card_to_dict", "citation_to_dict", "reply_from_dict", "reply_to_dict"},
    "index.maintenance.cluster": {"check_chats", "check_cluster", "migrate", "set_up_chats", "set_up_cluster"},
    "index.maintenance.library": {
        "BrokenLine",
        "DamagedArticle",
        "check_disk",
        "export_articles",
        "import_articles",
        "measure",
    },
    "index.verdicts": {
        "FURTHER",
        "HEADINGS",
        "Reason",
        "ReasonCode",
        "SAYS",
        "SHORT_HEADINGS",
        "UNDERSTOOD",
        "UNREAD",
        "UnreadArticle",
        "explain_unread",
        "translatable",
    },
    "index.reading.mixed": {"name_kind"},
    "index.schema": {"load_schema"},
    "index.model": {
        "Card",
        "DEFAULT_COLLECTION",
        "MAX_LEAD",
        "Kind",
        "Metadata",
        "Paragraph",
        "ShownPassage",
        "Span",
        "Status",
    },
    "index.moments": {"as_utc", "shift"},
    "index.naming": {"name_source"},
    "index.sources.markdown": {"drop_strong"},
    "index.sources": {
        "Columns",
        "Fidelity",
        "Loaded",
        "Memory",
        "is_address",
        "list_unread",
        "load",
        "load_all",
        "load_articles",
        "load_file",
        "load_parts",
        "look",
        "load_bytes",
        "report_empty",
        "walk",
    },
    "index.reading.conventions": {"FULL_STORY"},
    "index.stories": {
        "Silence",
        "Standing",
        "find_current",
        "find_silences",
        "find_standing",
        "is_embargoed",
        "list_versions",
        "name_embargo",
        "order_versions",
        "pair_to_compare",
        "stand_alone",
    },
}
"""What `bot` may use of `index`: all public names of the four modules above, and these of the others."""


def test_the_public_names_are_these():
    assert set(index.__all__) == INDEX
    assert set(citations.__all__) == CITATIONS
    assert set(evaluate.__all__) == EVALUATE
    assert {name for name, value in vars(errors).items() if isinstance(value, type) and name[0] != "_"} - {
        "Mapping",
        "Sequence",
    } == ERRORS
    assert not hasattr(bot, "__all__")


def test_each_public_name_is_there():
    for module in (index, errors, citations, evaluate):
        for name in USED[module.__name__]:
            assert getattr(module, name) is not None
    assert index.Article.from_text is not None


def test_the_faces_use_only_public_names():
    used = set()
    for module in read_modules("bot"):
        for source, imported in imports(module):
            if source == "index" or source.startswith("index."):
                assert imported is not None, f"{module.path}: write `from index import ...`"
                assert imported in USED.get(source, ()), f"{module.path} imports {source}.{imported}"
                used.add(source)
    assert used == set(USED), "a module that no face uses any more"
