"""What is mutated, and which tests are asked: what decides visibility, verbatim quotation, limits, acknowledgement."""

TARGETS = {
    "core": (
        ["index/core.py"],
        [
            "tests/asking/test_core.py",
            "tests/asking/test_retrieve.py",
            "tests/stories/test_stories.py",
            "tests/stories/test_edits.py",
        ],
    ),
    "stories": (
        ["index/stories/__init__.py", "index/stories/grouping.py"],
        ["tests/stories/test_stories.py", "tests/faces/test_versions_everywhere.py"],
    ),
    "guard": (
        ["index/sources/guard.py", "index/sources/addresses.py"],
        ["tests/sources/test_guard.py", "tests/sources/test_tls.py", "tests/sources/test_fetch.py"],
    ),
    "fetch": (
        ["index/sources/fetch.py", "index/sources/packing.py"],
        ["tests/sources/test_fetch.py", "tests/sources/test_tls.py", "tests/sources/test_packing.py"],
    ),
    "verify": (
        ["index/citations/verification.py", "index/citations/statements.py"],
        ["tests/citations/test_verify.py", "tests/citations/test_forgeries.py"],
    ),
    "inbox": (
        ["bot/telegram/updates/inbox.py", "bot/telegram/updates/polling.py", "bot/telegram/updates/webhook.py"],
        [
            "tests/telegram/test_inbox.py",
            "tests/telegram/test_poller.py",
            "tests/telegram/test_polling.py",
            "tests/telegram/test_sqlite_chats.py",
        ],
    ),
    "chats": (
        ["bot/telegram/chats/sqlite.py", "bot/telegram/chats/database.py"],
        [
            "tests/telegram/test_sqlite_chats.py",
            "tests/telegram/test_chats_contract.py",
            "tests/telegram/test_polling.py",
            "tests/faults/test_modes.py",
        ],
    ),
    "access": (["bot/telegram/access.py"], ["tests/telegram/test_parts.py"]),
    "quota": (["bot/serving/quota.py"], ["tests/faces/test_serving.py", "tests/telegram/test_parts.py"]),
    "disk": (
        [
            "index/engines/disk/writer.py",
            "index/engines/disk/store.py",
            "index/engines/disk/engine.py",
            "index/engines/disk/rebuild.py",
            "index/engines/disk/folder.py",
            "index/engines/disk/sqlite.py",
            "index/engines/disk/search.py",
            "index/engines/disk/reindex.py",
            "index/engines/disk/lock.py",
            "index/engines/disk/room.py",
            "index/engines/disk/commit_cache.py",
            "index/engines/disk/search_index.py",
            "index/engines/vectors.py",
        ],
        [
            "tests/engines/test_disk_writing.py",
            "tests/engines/test_disk_rebuilding.py",
            "tests/engines/test_disk.py",
            "tests/engines/test_engine_contract.py",
            "tests/engines/test_vectors.py",
            "tests/engines/test_salvage.py",
            "tests/engines/test_old_libraries.py",
            "tests/faces/test_damaged_article.py",
            "tests/faults/test_modes.py",
        ],
    ),
}
"""Parts by name: their modules, and the files of tests that concern them."""

EQUIVALENT = {
    "078e8a6472": "whether a type variable is covariant is looked at by the type checker alone",
    "c60c00b841": "a place is looked for only in an article that is there",
    "f3aa53f2e6": "the rebuild has deleted that file just before",
    "1db089f224": "every call has one outcome",
    "2d3320fca6": "the row has two numbers, for two names",
    "df088f56bc": "the number of a right is never looked at, only its name",
    "df68ccfb80": "an id that was found begins with itself, and no other does",
    "8a2d62e4c9": "whether unread rows are an error when the file is closed: errors are dropped there either way",
    "79219ea5ad": "how many cards are read at a time",
    "48ceb62828": "how many articles are read at a time",
    "2e951790df": "an index of exactly this size is verified when it is first opened, or not: a matter of speed",
    "bbb8e629fa": "a library that is there is opened a second time",
    "ab75cf6355": "nothing refers to the store of an empty file any more, which closes it, too",
    "fab9d24c82": "the folder is looked through again, where all is closed to others already",
    "301ded1c2e": "the folder is looked through again, where all is closed to others already",
    "be21961899": "every error of SQLite has an extended code",
    "068dd4438f": "one candidate more is retrieved at first; as many follow as it takes",
    "8040ebf565": "one passage more is read where thousands score the same",
}
"""Mutants, by key, that no test can notice, and why."""
