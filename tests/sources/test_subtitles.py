"""Subtitles: sentences joined over cues, and the time and the speaker that a citation tells."""

from dataclasses import replace

import pytest

from bot.cli import run
from index import open_index
from index.citations import verify
from index.engines.rows import decode_text, encode_article
from index.errors import EmptyArticle
from index.forms.serial import article_from_dict, article_to_dict
from index.model import Kind
from index.reading.document import MAX_TIME
from index.sources import load_article
from index.sources.job import read_here
from index.sources.readers import detect_format

SRT = """1
00:12:03,500 --> 00:12:07,000
The ferry will stop in June,
<i>the harbour office said.</i> The quay

2
00:12:07,000 --> 00:12:09,000
opens on Friday.

3
00:12:09,100 --> 00:12:11,000
{\\an8}[applause]

4
01:12:12,000 --> 01:12:14,000
Fish &amp; chips will stay.
"""

VTT = """WEBVTT - The council meets

NOTE made by hand

STYLE
::cue { color: red }

intro
00:01.000 --> 00:04.000 align:start
<v.loud Iris Bale>We have known since <c>January</c>

00:04.000 --> 00:07.500
<v.loud Iris Bale>that the eastern part is weak.

00:08.000 --> 00:09.000
<v Jonas Kell>Nobody told the council.

00:09.500 --> 00:11.000
The meeting went on until midnight.
"""


def body_of(article):
    return [(article.quote(each), each.time) for each in article.paragraphs if each.kind is Kind.BODY]


def test_sentences_run_over_cues_and_keep_their_times():
    article = read_here(SRT.encode(), "talk.srt").article
    assert body_of(article) == [
        ("The ferry will stop in June, the harbour office said. The quay opens on Friday.", 723),
        ("Fish & chips will stay.", 4332),
    ]


def test_voices_and_titles_are_kept_and_comments_are_not():
    article = read_here(VTT.encode(), "talk.vtt").article
    assert article.title == "The council meets"
    assert body_of(article) == [
        ("We have known since January that the eastern part is weak.", 1),
        ("Nobody told the council.", 8),
        ("The meeting went on until midnight.", 9),
    ]
    with open_index("memory:") as index:
        index.add(article)
        said = [
            index.ask(question).citations[0]
            for question in ("Who told the council?", "How long did the meeting go on?")
        ]
        assert [citation.speaker and citation.speaker.text for citation in said] == ["Jonas Kell", None]
        assert [citation.notes[-1]["time"] for citation in said] == ["00:00:08", "00:00:09"]


@pytest.mark.parametrize(
    ("cue", "paragraphs"),
    [
        ("- Who pays for the ferry?\n- The council pays.", ["Who pays for the ferry?", "The council pays."]),
        (">> Who pays for the ferry?\n>> The council pays.", ["Who pays for the ferry?", "The council pays."]),
        ("ANNA REISS: Who pays for it?\nKELL: The council pays.", ["Who pays for it?", "The council pays."]),
        ("♪ la la ♪\nThe council pays.", ["The council pays."]),
    ],
)
def test_turns_are_paragraphs(cue, paragraphs):
    article = read_here(f"1\n00:00:01,000 --> 00:00:04,000\n{cue}\n".encode(), "x.srt").article
    assert [text for text, _ in body_of(article)] == paragraphs


def test_captions_that_roll_are_read_once():
    lines = ["The ferry will stop", "in June, the harbour", "office said on Monday", "in a short statement."]
    cues = [f"00:0{n}.000 --> 00:0{n + 1}.000\n" + "\n".join(lines[max(0, n - 1) : n + 1]) for n in range(4)]
    article = read_here(("WEBVTT\n\n" + "\n\n".join(cues)).encode(), "x.vtt").article
    assert body_of(article) == [(" ".join(lines), 0)]


def test_a_silence_ends_what_is_said():
    text = "1\n00:00:01,000 --> 00:00:02,000\nAnd then the ferry\n\n2\n00:01:01,000 --> 00:01:02,000\nThe quay opens.\n"
    assert [time for _, time in body_of(read_here(text.encode(), "x.srt").article)] == [1, 61]


@pytest.mark.parametrize("text", ["WEBVTT\n\n", "1\n00:00:01,000 --> 00:00:02,000\n[applause]\n"])
def test_subtitles_without_words(text):
    with pytest.raises(EmptyArticle, match="without words"):
        read_here(text.encode(), "x.vtt")


@pytest.mark.parametrize("text", [SRT, VTT, "\ufeff" + SRT.replace("\n", "\r\n")])
def test_subtitles_are_told_by_their_content(text):
    assert detect_format(text.encode(), "x.txt").name == "subtitles"


@pytest.mark.parametrize("engine", ["memory:", "disk:"])
def test_each_engine_keeps_times(engine, tmp_path):
    (tmp_path / "talk.vtt").write_text(VTT, encoding="utf-8")
    article = load_article(tmp_path / "talk.vtt")
    with open_index(f"{engine}{tmp_path / 'library'}" if engine == "disk:" else engine) as index:
        index.add(article)
        assert index.article(article.id).paragraphs == article.paragraphs
        reply = index.ask("Who told the council?")
        assert reply.citations[0].notes[-1]["time"] == "00:00:08"
        (finding,) = verify(reply, lambda _: index.article(article.id))
        assert finding.outcome.value == "verified"


def test_times_are_written_and_read_back():
    article = read_here(SRT.encode(), "talk.srt").article
    last = replace(article.paragraphs[-1], time=MAX_TIME)
    article = replace(article, paragraphs=(replace(article.paragraphs[0], time=0), last))
    assert article_from_dict(article_to_dict(article)).paragraphs == article.paragraphs
    body = encode_article(article)
    assert decode_text(article.id, body, body.checksum).body.cut_paragraphs() == article.paragraphs
    plain = replace(article, paragraphs=tuple(replace(each, time=None) for each in article.paragraphs))
    assert "time" not in article_to_dict(plain)["paragraphs"][0]


def test_the_time_is_printed_beside_the_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PULLQUOTE_INDEX", "memory:")
    (tmp_path / "talk.srt").write_text(SRT, encoding="utf-8")
    run(["ask", "--from", str(tmp_path / "talk.srt"), "When will the ferry stop?"])
    assert "paragraph 1, at 00:12:03, sentence 1" in capsys.readouterr().out
