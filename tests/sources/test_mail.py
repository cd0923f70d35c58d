# ruff: noqa: E501 - cases read best on one line
"""Mail: whose words they are, which part holds the story, and what is attached to it."""

import mailbox
from email.message import EmailMessage

import pytest

from index import open_index
from index.errors import EmptyArticle, UnsupportedFormat
from index.model import Kind
from index.sources import load, load_all, read_bytes
from index.sources.containers import split
from index.sources.job import read_here
from index.sources.quoting import unflow
from tests.support.layouts import p, story

STORY = story(4)


def mail(plain="", page="", subject="Ferry", sender="Anna Reiss <ar@courier.example>", **params):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "desk@courier.example", subject
    message["Date"] = "Tue, 05 Mar 2024 08:30:00 +0100"
    message["Message-ID"] = "<4@courier.example>"
    if plain:
        message.set_content(plain, params=params or None)
    if page and plain:
        message.add_alternative(page, subtype="html")
    elif page:
        message.set_content(page, subtype="html")
    return message


def read(message):
    return read_here(message.as_bytes(), "x.eml").article


def body_of(article):
    return [" ".join(article.quote(each).split()) for each in article.paragraphs if each.kind is Kind.BODY]


OWN = "The ferry will stop in June, the harbour office told me."
OTHER = "The ferry will never stop, and please do not print that."


@pytest.mark.parametrize(
    "below",
    [
        f"On Mon, 4 Mar 2024 at 18:11, Jonas Kell <jk@courier.example> wrote:\n> {OTHER}",
        f"On Mon, 4 Mar 2024 at 18:11, Jonas Kell\n<jk@courier.example> wrote:\n\n> {OTHER}\n>\n> > Who pays for it?",
        f"On 4 March, Jonas Kell wrote:\n> {OTHER}",
        f"Am 4. März 2024 um 18:11 schrieb Jonas Kell <jk@courier.example>:\n> {OTHER}",
        f"jk@courier.example wrote:\n> {OTHER}",
        f"> {OTHER}",
        f"On Mon, 4 Mar 2024 at 18:11, Jonas Kell <jk@courier.example> wrote:\n\n{OTHER}",
        f"-----Original Message-----\nFrom: Jonas Kell\nSent: Monday\nSubject: Ferry\n\n{OTHER}",
        f"________________________________\nFrom: Jonas Kell <jk@courier.example>\nDate: 4 March\nTo: x\n\n{OTHER}",
        "-- \nAnna Reiss, reporter\nThe Courier does not publish letters.",
        "--\nAnna Reiss, reporter",
        "Sent from my phone",
        f"-- \nAnna Reiss, reporter\n\nOn Mon, 4 Mar 2024 at 18:11, Jonas Kell wrote:\n> {OTHER}",
    ],
)
def test_only_the_senders_own_words_are_cited(below):
    own = f"{OWN} It said so on Monday at the quay, and the mayor agreed with the office at once."
    article = read(mail(f"{own}\n\n{below}\n"))
    assert body_of(article) == [own]
    assert article.byline == "Anna Reiss"
    assert OTHER not in below or OTHER in article.text  # nothing is cut out of the mail


def test_answers_between_quoted_lines_are_the_senders():
    article = read(
        mail("Jonas wrote:\n> Does the ferry stop?\n\nIt will stop in June.\n\n> Who pays?\n\nThe council does.\n")
    )
    assert body_of(article) == ["It will stop in June.", "The council does."]


@pytest.mark.parametrize(
    "text",
    [
        "On Monday the mayor wrote:\n\nThe ferry will stop in June, whoever asks for it.",
        "From: the harbour office, with love.\n\nThe ferry will stop in June, whoever asks for it.",
        "The ferry will stop in June -- or in July.\n\nThe mayor said so -- twice -- on Monday.",
    ],
)
def test_what_only_looks_like_a_mark_stays(text):
    article = read(mail(text))
    assert "ferry will stop in June" in " ".join(map(article.quote, article.sentences))


def test_a_forwarded_message_is_told_by_its_own_sender():
    text = (
        "For you.\n\n---------- Forwarded message ---------\nFrom: Iris Bale <ib@quay.example>\n"
        f"Date: Mon, 4 Mar 2024 at 18:11\nSubject: Statement on the ferry\nTo: <ar@courier.example>\n\n{OWN}\n"
    )
    article = read(mail(text, subject="Fwd: Statement on the ferry"))
    assert body_of(article) == [OWN]
    assert (article.title, article.byline) == ("Statement on the ferry", "Iris Bale")
    assert article.published is not None
    assert article.published.day == 4


GMAIL = (
    "<div>{own}</div><div><br></div><div class='gmail_quote'><div class='gmail_attr'>On Mon, 4 Mar 2024 Jonas Kell"
    " &lt;jk@courier.example&gt; wrote:<br></div><blockquote class='gmail_quote'><div>{other}</div></blockquote></div>"
)
OUTLOOK = (
    "<p>{own}</p><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'><b>From:</b> Jonas Kell<br><b>Sent:</b>"
    " Monday<br><b>Subject:</b> Ferry</div><div><p>{other}</p></div>"
)
THUNDERBIRD = (
    "<p>{own}</p><div class='moz-cite-prefix'>On 4/3/24 18:11, Jonas Kell wrote:</div>"
    "<blockquote type='cite'><p>{other}</p></blockquote><div class='moz-signature'>-- <br>Anna Reiss</div>"
)
PLAIN_QUOTE = "<p>{own}</p><p>On Mon, 4 Mar 2024 at 18:11, Jonas Kell wrote:</p><blockquote>{other}</blockquote>"


@pytest.mark.parametrize("page", [GMAIL, OUTLOOK, THUNDERBIRD, PLAIN_QUOTE])
def test_quotes_in_html_are_marks_too(page):
    own = f"{OWN} It said so on Monday at the quay, and the mayor agreed with the office at once."
    article = read(mail(page=f"<html><body>{page.format(own=own, other=OTHER)}</body></html>"))
    assert body_of(article) == [own]
    assert OTHER in article.text


def test_a_mail_that_only_quotes_is_refused():
    for message in (mail(f"> {OTHER}\n"), mail(page=f"<blockquote type='cite'>{OTHER}</blockquote>")):
        with pytest.raises(EmptyArticle, match="only quotes others"):
            read(message)


STUBS = [
    "This message needs a program that shows HTML.",
    "View this email in your browser: https://courier.example/view?id=1234567890",
    f"{STORY.headline}\n\nRead the story: https://courier.example/4",
]


@pytest.mark.parametrize("stub", STUBS)
def test_the_part_that_holds_the_story_wins(stub):
    page = f"<html><body><h1>{STORY.headline}</h1>{p(STORY.paragraphs)}</body></html>"
    assert body_of(read(mail(stub, page))) == list(STORY.paragraphs)
    plain = "\n\n".join(STORY.paragraphs)
    assert body_of(read(mail(plain, f"<html><body>{p(STORY.paragraphs[:2])}</body></html>"))) == list(STORY.paragraphs)


def test_texts_one_after_the_other_are_all_read():
    message = mail(OWN)
    message.make_mixed()
    message.add_attachment("The mayor agreed with the harbour office on Tuesday.", disposition="inline")
    assert body_of(read(message)) == [OWN, "The mayor agreed with the harbour office on Tuesday."]


def forwarding(words="See the statement that is attached, please use it late."):
    inner = mail(OWN, subject="Statement on the ferry", sender="Iris Bale <ib@quay.example>")
    outer = mail(words, subject="Fwd: Statement on the ferry")
    outer.add_attachment(inner)
    return outer


def test_an_attached_message_is_an_article_of_its_own(tmp_path):
    (tmp_path / "forward.eml").write_bytes(forwarding().as_bytes())
    for place in (tmp_path / "forward.eml", tmp_path):
        outer, inner = (item.article for item in load_all(place))
        assert (outer.byline, inner.byline) == ("Anna Reiss", "Iris Bale")
        assert (inner.title, body_of(inner)) == ("Statement on the ferry", [OWN])
        assert load(inner.source).article.id == inner.id
    with pytest.raises(UnsupportedFormat, match="not in the file any more"):
        load(f"{tmp_path}/forward.eml#9.eml")


def test_an_attached_message_is_named_where_one_article_is_wanted():
    loaded = read_here(forwarding().as_bytes(), "x.eml")
    assert loaded.fidelity.left_out == ("(attached message: Statement on the ferry)",)


def test_a_mail_without_words_of_its_own_is_what_it_forwards(tmp_path):
    (tmp_path / "forward.eml").write_bytes(forwarding(" ").as_bytes())
    (item,) = load_all(tmp_path / "forward.eml")
    assert item.article.byline == "Iris Bale"


def test_messages_in_messages_in_messages():
    outer = mail("I pass that on, please look at it today.")
    outer.add_attachment(forwarding())
    assert [part.name for part in split(outer.as_bytes(), "x.eml")] == ["1.eml", "2.eml", "3.eml"]


def test_attached_documents_are_named():
    message = mail(OWN)
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="statement.pdf")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="quay.png")
    assert read_here(message.as_bytes(), "x.eml").fidelity.left_out == ("(attached file: statement.pdf)",)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("The ferry \nstops in June.\n\nIt is old.", "The ferry stops in June.\n\nIt is old."),
        ("A short \nline and a much longer one that goes on \nand on.", "A short line and a much longer one that goes on and on."),
        ("> The ferry \n> stops.\nWhy?", "> The ferry stops.\nWhy?"),
        (">> One \n> two \n>> three", ">> One\n> two\n>> three"),
        ("Yours, \n-- \nAnna", "Yours,\n-- \nAnna"),
        (" From the quay \nit leaves.", "From the quay it leaves."),
    ],
)  # fmt: skip
def test_flowed_lines_are_joined(text, joined):
    assert unflow(text, delete_space=False) == joined


def test_flowed_lines_whose_space_is_deleted():
    assert unflow("The coun \ncil met  \non Monday.", delete_space=True) == "The council met on Monday."
    assert unflow("It met on Monday. \nNobody came.", delete_space=True) == "It met on Monday. Nobody came."


def test_a_flowed_mail_is_read_as_its_sender_wrote_it():
    flowed = "The ferry will stop in June, the harbour \noffice \nsaid on Monday, and the mayor agreed with it.\n"
    article = read(mail(flowed, format="flowed"))
    assert body_of(article) == [
        "The ferry will stop in June, the harbour office said on Monday, and the mayor agreed with it."
    ]


def make_mbox(path, messages):
    box = mailbox.mbox(path)
    for message in messages:
        box.add(message)
    box.close()


def test_a_mailbox_is_many_mails(tmp_path):
    make_mbox(
        tmp_path / "desk.mbox",
        [mail(f"{OWN}\n\nFrom June on it is dark.\n"), mail("The quay opens on Friday."), forwarding()],
    )
    for place in (tmp_path / "desk.mbox", tmp_path):
        articles = [item.article for item in load_all(place)]
        assert [article.source.rpartition("#")[2] for article in articles] == ["1.eml", "2.eml", "3-1.eml", "3-2.eml"]
        assert body_of(articles[0]) == [OWN, "From June on it is dark."]
    assert {article.file for article in articles} == {""}  # none replaces another
    with open_index("memory:") as index:
        index.add(articles)
        assert "Friday" in index.ask("When does the quay open?").citations[0].text


def test_a_mailbox_of_one_mail_is_that_mail(tmp_path):
    make_mbox(tmp_path / "one.mbox", [mail(OWN)])
    assert load(tmp_path / "one.mbox").article.title == "Ferry"
    make_mbox(tmp_path / "one.mbox", [mail(f"{OWN} Twice.")])
    with pytest.raises(UnsupportedFormat, match="holds 2 articles; `pullquote add` reads them all"):
        load(tmp_path / "one.mbox")


def test_a_page_saved_by_a_browser_is_that_page(tmp_path):
    page = f"<html><head><title>{STORY.headline}</title></head><body><article><h1>{STORY.headline}</h1>{p(STORY.paragraphs)}</article></body></html>"
    message = EmailMessage()
    message["From"], message["Subject"] = "<Saved by Blink>", STORY.headline
    message["Date"], message["MIME-Version"] = "Sat, 9 Mar 2024 08:30:00 -0000", "1.0"
    message["Snapshot-Content-Location"] = "https://courier.example/4"
    message.set_content(page, subtype="html")
    message.make_related()
    (tmp_path / "page.mhtml").write_bytes(message.as_bytes())
    (item,) = load_all(tmp_path)
    assert body_of(item.article) == list(STORY.paragraphs)
    assert (item.article.url, item.article.published, item.article.byline) == ("https://courier.example/4", None, "")


@pytest.mark.parametrize("end", ["Ida", "Best regards,\nIda Holm", "Thanks\nIda", "Kind regards,\n\nIda H. Holm"])
def test_the_name_that_ends_a_mail_is_no_sentence_of_it(end):
    story = "The old mill of Ostrand burned down on Sunday night, the fire service of the town said."
    mail = f"From: Ida Holm <i@x.example>\nSubject: Mill\n\n{story}\n\n{end}\n"
    article = read_bytes(mail.encode(), "mill.eml")
    assert [article.quote(each) for each in article.sentences] == [story]


def test_a_last_line_that_is_a_sentence_stays():
    story = "The old mill of Ostrand burned down on Sunday night, the fire service of the town said."
    mail = f"From: Ida Holm <i@x.example>\nSubject: Mill\n\n{story}\n\nNobody was hurt.\n"
    assert len(read_bytes(mail.encode(), "mill.eml").sentences) == 2
