"""Plain text and Markdown from bytes, files and folders; everything that can be wrong with them."""

import contextlib
import os
import random
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import load_article
from index.errors import EmptyArticle, SourceError, SourceTooLarge, SourceUnavailable, UnsupportedFormat
from index.model import Article, Kind
from index.sources import load_articles, read_bytes
from index.sources.readers import MAX_BYTES, read_document
from index.sources.text import decode

PROSE = "The café in Zürich closed on Monday. “It was time,” the owner said – after 40 years.\n"


class TestDecode:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
    def test_encodings(self, encoding: str) -> None:
        assert decode(PROSE.encode(encoding), "a.txt") == PROSE

    @pytest.mark.parametrize("mark", ["utf-16-be", "utf-32-be", "utf-32-le"])
    def test_marks_of_either_order(self, mark: str) -> None:
        assert decode(("\ufeff" + PROSE).encode(mark), "a.txt") == PROSE

    def test_line_ends_are_kept(self) -> None:
        assert decode(b"One.\r\nTwo.\rThree.\n\n", "a.txt") == "One.\r\nTwo.\rThree.\n\n"

    def test_only_the_first_mark_is_taken_off(self) -> None:
        assert decode("\ufeff\ufeffOne.".encode(), "a.txt") == "\ufeffOne."

    def test_nothing_at_all(self) -> None:
        assert decode(b"", "a.txt") == ""

    def test_the_declared_encoding_comes_after_utf8(self) -> None:
        assert (
            decode("Gdańsk leży nad morzem.".encode("iso-8859-2"), "a.txt", "iso-8859-2") == "Gdańsk leży nad morzem."
        )
        assert decode("Gdańsk.".encode(), "a.txt", "iso-8859-2") == "Gdańsk."

    @pytest.mark.parametrize("declared", ["no-such-encoding", "ascii", "utf-8"])
    def test_a_declared_encoding_that_does_not_fit_is_passed_over(self, declared: str) -> None:
        assert decode(PROSE.encode("cp1252"), "a.txt", declared) == PROSE

    def test_damaged_utf8_is_not_taken_for_a_code_page(self) -> None:
        data = (PROSE * 3).encode()
        bad = data.index("é".encode()) + len(PROSE.encode())
        with pytest.raises(UnsupportedFormat, match=f"byte {bad:,} "):
            decode(data[: bad + 1] + data[bad + 2 :], "a.txt")

    def test_a_file_cut_off_inside_a_character(self) -> None:
        data = (PROSE + "Straße").encode()
        cut = data.index("ß".encode()) + 1
        with pytest.raises(UnsupportedFormat, match=f"byte {cut - 1:,} "):
            decode(data[:cut], "a.txt")

    def test_zero_bytes_are_no_text(self) -> None:
        with pytest.raises(UnsupportedFormat, match="byte 4 is zero"):
            decode(b"He s\x00id no. And that was all there was to it.", "a.txt")

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
    def test_odd_bytes_after_a_mark(self, encoding: str) -> None:
        data = PROSE.encode(encoding) + b"\x41"
        with pytest.raises(UnsupportedFormat, match=f"byte {len(data) - 1:,} ") as caught:
            decode(data, "a.txt")
        assert "save it" in caught.value.message

    def test_lone_surrogates_in_a_file(self) -> None:
        with pytest.raises(UnsupportedFormat, match="byte 5 "):
            decode(b"lone \xed\xa0\x80 surrogate", "a.txt")
        with pytest.raises(UnsupportedFormat, match="byte 4 "):
            decode(b"\xff\xfea\x00\x00\xd8b\x00", "a.txt")

    def test_bytes_of_no_sense(self) -> None:
        noise = random.Random(3).randbytes(4000).replace(b"\0", b"\1")
        with pytest.raises(UnsupportedFormat, match="is not UTF-8: byte"):
            decode(noise, "a.txt")

    @given(st.binary(max_size=400))
    def test_any_bytes_decode_or_are_refused(self, data: bytes) -> None:
        with contextlib.suppress(UnsupportedFormat):
            assert isinstance(decode(data, "a.txt"), str)

    @given(st.text(min_size=1))
    def test_utf8_comes_back_unchanged(self, text: str) -> None:
        if "\0" in text or text.startswith("\ufeff"):
            text = "x" + text.replace("\0", "")
        assert decode(text.encode(), "a.txt") == text


class TestLoadArticle:
    def test_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "story.txt"
        path.write_bytes(PROSE.encode())
        article = load_article(path)
        assert article.text == PROSE
        assert article.source == str(path)
        assert load_article(str(path)) == article

    def test_a_name_without_an_ending_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "story"
        path.write_text(PROSE, encoding="utf-8")
        assert load_article(path).length == 2

    @pytest.mark.parametrize("content", [b"", b" \n\r\n\t", b"\xef\xbb\xbf\n"])
    def test_an_empty_file(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(content)
        with pytest.raises(EmptyArticle, match="holds no text"):
            load_article(path)

    def test_two_hundred_megabytes_are_refused_unread(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        with path.open("wb") as file:
            file.truncate(200_000_000)
        path.chmod(0o200)  # to read it would be another error, but for root
        with pytest.raises(SourceTooLarge, match="200,000,000 bytes") as caught:
            load_article(path)
        assert caught.value.limit == MAX_BYTES == 20_000_000

    def test_bytes_over_the_limit(self) -> None:
        with pytest.raises(SourceTooLarge):
            read_bytes(b"x" * (MAX_BYTES + 1), "a.txt")

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(SourceUnavailable, match="No such file") as caught:
            load_article(tmp_path / "none.txt")
        assert caught.value.source == str(tmp_path / "none.txt")

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(SourceUnavailable, match="is a folder"):
            load_article(tmp_path)

    def test_a_broken_link(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
        with pytest.raises(SourceUnavailable, match="cannot be read"):
            load_article(tmp_path / "a.txt")

    def test_a_link_to_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "real.txt").write_text(PROSE, encoding="utf-8")
        (tmp_path / "a.txt").symlink_to(tmp_path / "real.txt")
        assert load_article(tmp_path / "a.txt").length == 2

    def test_a_pipe_without_a_writer(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.txt")
        with pytest.raises(SourceUnavailable, match="no regular file"):
            load_article(tmp_path / "a.txt")

    def test_a_socket(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("a.txt")
            with pytest.raises(SourceUnavailable, match="no regular file"):
                load_article("a.txt")

    def test_a_device(self) -> None:
        with pytest.raises(SourceUnavailable, match="no regular file"):
            load_article("/dev/zero")

    @pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux")
    def test_a_file_that_fails_while_it_is_read(self) -> None:
        with pytest.raises(SourceUnavailable, match="cannot be read"):
            load_article("/proc/self/mem")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
    def test_a_closed_file(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text(PROSE, encoding="utf-8")
        path.chmod(0)
        with pytest.raises(SourceUnavailable, match="Permission denied"):
            load_article(path)

    @pytest.mark.parametrize(
        "name", ["a\0b.txt", "a" * 5000, "\ud800.txt", "x/" * 3000], ids=["zero", "long", "lone", "deep"]
    )
    def test_names_that_no_file_can_have(self, name: str) -> None:
        with pytest.raises(SourceUnavailable):
            load_article(name)

    @pytest.mark.parametrize(
        ("content", "what"),
        [
            (b"\x89PNG\r\n\x1a\n\0\0", "picture"),
            (b"\x1f\x8b\x08\0", "compressed"),
            (b"BEGIN:VCALENDAR", "calendar"),
            (b"\x7fELF\2\1\1\0", "program"),
            (b'[{"a": 1}]', "no column whose name says that it holds text"),
            (b"\0\1\2\3\4\5\6\7\x08", "byte 0 is zero"),
        ],
    )
    def test_bytes_of_another_kind_are_named(self, tmp_path: Path, content: bytes, what: str) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(content)
        with pytest.raises(UnsupportedFormat, match=what):
            load_article(path)


class TestLoadArticles:
    def test_one_file_gives_one_article(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text(PROSE, encoding="utf-8")
        assert [type(item) for item in load_articles(path)] == [Article]

    def test_an_error_is_yielded_and_the_rest_goes_on(self, tmp_path: Path) -> None:
        (tmp_path / "b.txt").write_bytes(b"\0\0\0broken\0")
        (tmp_path / "a.txt").write_text("Alpha went home.", encoding="utf-8")
        (tmp_path / "c" / "d").mkdir(parents=True)
        (tmp_path / "c" / "d" / "e.md").write_text("Echo went home.", encoding="utf-8")
        (tmp_path / "c.txt").write_text("Charlie went home.", encoding="utf-8")
        found = list(load_articles(tmp_path))
        assert [item.text.split()[0] if isinstance(item, Article) else type(item) for item in found] == [
            "Alpha",
            UnsupportedFormat,
            "Charlie",
            "Echo",
        ]

    def test_hidden_files_and_other_kinds_are_left_out(self, tmp_path: Path) -> None:
        for name in (".hidden.txt", "questions.jsonl", "table.csv", "Makefile", ".git/a.txt", "photo.png"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(PROSE, encoding="utf-8")
        (tmp_path / "A.TXT").write_text(PROSE, encoding="utf-8")
        (item,) = load_articles(tmp_path)
        assert isinstance(item, Article)
        assert item.source.endswith("A.TXT")

    def test_a_questions_file_named_outright_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "questions.jsonl"
        path.write_text('{"question": "Who?", "gold": []}\n{"question": "Why?", "gold": []}\n', encoding="utf-8")
        (item,) = load_articles(path)
        assert isinstance(item, UnsupportedFormat)

    def test_a_folder_without_articles(self, tmp_path: Path) -> None:
        (tmp_path / "notes.csv").write_text("a,b", encoding="utf-8")
        (item,) = load_articles(tmp_path)
        assert isinstance(item, EmptyArticle)
        assert "folder without articles" in str(item)
        assert ".txt" in str(item)

    @pytest.mark.parametrize("source", ["none.txt", "a\0b", ""])
    def test_what_is_not_there(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
        monkeypatch.chdir(tmp_path)
        (item,) = load_articles(source)
        assert isinstance(item, SourceError)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
    def test_a_closed_folder_is_told_and_the_rest_goes_on(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir(mode=0)
        (tmp_path / "b.txt").write_text(PROSE, encoding="utf-8")
        assert {type(item) for item in load_articles(tmp_path)} == {Article, SourceUnavailable}

    def test_a_loop_of_links_ends(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text(PROSE, encoding="utf-8")
        (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
        assert len(list(load_articles(tmp_path))) == 1


MARKDOWN = """---
title: "The *new* harbor"
date: 2024-03-06T10:00:00+09:00
author: Ann Lee
url: https://example.org/harbor
---

# The *new* harbor #

The harbor opened on Wednesday, after a
storm that kept it closed for [two days](https://example.org/storm).

Background
----------

- The first pier was built
  in 1908.
- [x] The second was not.
1. Ferries sail at nine.

> No boat was lost,
> the mayor said.
>
> Not one.

```python
print("not prose")
```

![A pier](pier.png)

| Pier | Built |
|------|-------|
| West | 1908 |

***

<!-- a remark -->

[ref]: https://example.org
He said no.
"""


class TestMarkdown:
    def read(self, text: str) -> Article:
        return read_bytes(text.encode(), "a.md")

    def kinds(self, text: str) -> list[tuple[str, str]]:
        article = self.read(text)
        return [(each.kind.value, article.quote(each)) for each in article.paragraphs]

    def test_the_text_is_the_file_without_the_targets_of_links(self) -> None:
        words = MARKDOWN.replace("[two days](https://example.org/storm)", "two days")
        assert self.read(MARKDOWN.replace("\n", "\r\n")).text == words.replace("\n", "\r\n")

    def test_front_matter_is_known(self) -> None:
        article = self.read(MARKDOWN)
        assert (article.title, article.byline) == ("The *new* harbor", "Ann Lee")
        assert article.url == "https://example.org/harbor"
        assert article.published is not None
        assert article.published.isoformat() == "2024-03-06T10:00:00+09:00"
        assert article.paragraphs[0].kind is Kind.FURNITURE
        assert article.quote(article.paragraphs[0]).endswith("---")

    @pytest.mark.parametrize("ends", ["\n", "\r\n"])
    def test_blocks(self, ends: str) -> None:
        found = [(kind, words.replace("\r\n", "\n")) for kind, words in self.kinds(MARKDOWN.replace("\n", ends))[1:]]
        assert found == [
            ("headline", "The *new* harbor"),
            (
                "body",
                "The harbor opened on Wednesday, after a\nstorm that kept it closed for two days.",
            ),
            ("headline", "Background"),
            ("furniture", "----------"),
            ("body", "The first pier was built\n  in 1908."),
            ("body", "The second was not."),
            ("body", "Ferries sail at nine."),
            ("body", "No boat was lost,\n> the mayor said."),
            ("body", "Not one."),
            ("furniture", "```python"),
            ("furniture", 'print("not prose")'),
            ("furniture", "```"),
            ("furniture", "![A pier](pier.png)"),
            ("body", "| Pier | Built |"),
            ("furniture", "|------|-------|"),
            ("body", "| West | 1908 |"),
            ("furniture", "***"),
            ("furniture", "<!-- a remark -->"),
            ("furniture", "[ref]: https://example.org"),
            ("body", "He said no."),
        ]

    def test_sentences_run_over_line_breaks_and_quotation_marks(self) -> None:
        article = self.read(MARKDOWN)
        quoted = [article.quote(each) for each in article.sentences]
        assert "No boat was lost,\n> the mayor said." in quoted
        assert len(article.sentences) == 9

    def test_a_first_heading_gives_the_title_without_marks(self) -> None:
        text = "# On `bees` and [the *hive*](https://example.org)\n\nBees do not like haste.\n"
        assert self.read(text).title == "On bees and the hive"

    def test_an_underlined_heading_gives_the_title(self) -> None:
        assert self.read("On bees\n=======\n\nBees do not like haste.\n").title == "On bees"

    def test_without_a_heading_the_rules_for_plain_text_hold(self) -> None:
        text = "(2nd LD) Rain ends\n\nOSLO, May 1 (Fjord News) -- The rain ended on Monday.\n\n(END)\n"
        article = self.read(text)
        assert (article.title, article.lead, article.agency) == ("Rain ends", 2, "Fjord News")
        assert [each.kind.value for each in article.paragraphs] == ["headline", "body", "furniture"]

    def test_a_list_alone_is_body(self) -> None:
        assert [kind for kind, _ in self.kinds("- apples\n- pears\n\n* plums\n+ quinces\n")] == ["body"] * 4

    def test_an_open_fence_runs_to_the_end(self) -> None:
        assert [kind for kind, _ in self.kinds("Yes.\n\n~~~\ncode\n```\nmore\n")] == ["body"] + ["furniture"] * 4

    def test_a_longer_fence_closes_and_what_follows_is_read(self) -> None:
        text = "Yes.\n```\ncode\n````\nNo.\n"
        assert [kind for kind, _ in self.kinds(text)] == ["body", "furniture", "furniture", "furniture", "body"]

    def test_a_rule_is_no_front_matter(self) -> None:
        assert self.kinds("---\n\nHe said no.\n")[1] == ("body", "He said no.")

    def test_front_matter_without_an_end_is_text(self) -> None:
        assert self.kinds("---\nHe said no.\n") == [("furniture", "---"), ("body", "He said no.")]

    def test_a_number_sign_without_a_space_is_no_heading(self) -> None:
        assert self.kinds("#harbor is open.\n") == [("body", "#harbor is open.")]

    @given(st.text(st.sampled_from("#->*`~=|[]()!: \n\rab.1<")), st.sampled_from(["", "---\ntitle: a\n---\n"]))
    def test_any_markup_gives_ordered_blocks(self, text: str, front: str) -> None:
        document = read_document((front + text).encode(), "a.md")
        last = 0
        for block in document.blocks or ():
            assert last <= block.start < block.end <= len(document.text)
            last = block.end
