"""The languages of the interface: each text in each catalogue, and chats that are spoken to in their own."""

import ast
import asyncio
import string

import pytest
from babel import Locale
from babel.messages.plurals import get_plural
from telegram.constants import BotCommandLimit, BotDescriptionLimit, CallbackQueryLimit

from bot.conversation.commands import COMMANDS, Menu, describe
from bot.pages import digest, reasons
from bot.pages.lines import format_moment
from bot.telegram.actions.standing_questions import prepare_notice
from bot.telegram.matching import Match
from bot.telegram.screens.menus import make_help, make_menu, set_menus
from bot.telegram.screens.screens import explain_error
from bot.telegram.screens.wording import wording
from bot.telegram.sending.send import put
from bot.telegram.updates.raw import find_code
from bot.translation import ENGLISH, LOCALE, gettext, list_languages, match_language, ngettext, speaking, write_day
from index import Article, Reply, Verdict, errors
from index.asking.reasons import make_reason
from index.citations import STYLES
from index.digest import DigestKind
from index.evidence.answer_types import TYPES
from index.model import Status
from index.sources import load_bytes
from index.sources.worker.pool import _read_result
from index.stories import Silence
from index.verdicts import ReasonCode
from tests.support.catalogues import extract, list_texts, read, update
from tests.support.fake_bot_api import FakeApi
from tests.support.live_bot import ASKED, CABLE, running
from tests.support.replies import CARD
from tests.support.source import read_modules
from tests.support.telegram_chat import Bot, labels, texts, user

OTHERS = [each for each in list_languages() if each != ENGLISH]
GROUP = -40


@pytest.fixture
def bot():
    made = Bot()
    yield made
    made.close()


def fields(text):
    """Return the placeholders of a text with their forms, in no order."""
    return sorted(
        (name, conversion or "", spec or "")
        for _, name, spec, conversion in string.Formatter().parse(text)
        if name is not None
    )


def forms(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


def english(message):
    """Return the English of a message: of one with a plural, the form for one and that for many."""
    return message.id if isinstance(message.id, tuple) else (message.id,)


def test_there_are_english_spanish_and_korean():
    assert list_languages() == ("en", "es", "ko")
    assert len(list_texts(extract())) > 300


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_no_other(language):
    wanted, found = extract(), read(language)
    assert {each.id for each in list_texts(found)} == {each.id for each in list_texts(wanted)}
    assert not found.obsolete
    for message in list_texts(found):
        assert all(text.strip() for text in forms(message)), message.id
        assert not message.fuzzy, message.id


def test_what_is_looked_up_is_marked_where_it_stands():
    """Babel finds a text in a call alone: one that goes through a variable of the function would be left out."""
    calls = 0
    for _, name, _, tree in read_modules("bot"):
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            nodes = list(ast.walk(function))
            plain = [
                node
                for node in nodes
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Tuple | ast.IfExp)
            ]
            plain = [
                node for node in plain if not any(isinstance(each, ast.Attribute) for each in ast.walk(node.value))
            ]
            local = {each.id for node in plain for each in ast.walk(node) if isinstance(each, ast.Name)}
            for node in nodes:
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("gettext", "ngettext"):
                    calls += 1
                    given = {each.id for each in node.args[:2] if isinstance(each, ast.Name)}
                    assert not given & local, f"{name}:{node.lineno}"
    assert calls > 60


@pytest.mark.parametrize("language", OTHERS)
def test_translations_hold_the_placeholders_of_the_english_and_no_other(language):
    for message in list_texts(read(language)):
        one, *many = [fields(text) for text in english(message)]
        for number, text in enumerate(forms(message)):
            allowed = [one] if not many else [many[0], one] if number == 0 and language == "es" else many
            assert fields(text) in allowed, (message.id, text)
            for mark in ("/add", "/articles", "/watches", "since:", "\n"):
                assert (mark in text) == (mark in english(message)[-1]), (message.id, text)


@pytest.mark.parametrize("language", OTHERS)
def test_plural_forms_are_those_of_the_language(language):
    """CLDR's form for many counts millions of things in Spanish, which nothing here does."""
    catalog, rule = read(language), Locale.parse(language).plural_form
    assert catalog.plural_forms == str(get_plural(language))
    assert all(
        len(forms(message)) == catalog.num_plurals for message in list_texts(catalog) if isinstance(message.id, tuple)
    )
    with speaking(language):
        told = {count: ngettext("{count} sentence", "{count} sentences", count) for count in range(2000)}
    for count, text in told.items():
        same = [told[other] for other in (0, 1, 2, 5, 11, 21, 100) if rule(other) == rule(count)]
        assert set(same) <= {text}, count
    assert len(set(told.values())) == len({rule(count) for count in told})


def test_english_has_two_forms_and_needs_no_catalogue():
    assert ngettext("{count} sentence", "{count} sentences", 1) == "{count} sentence"
    assert ngettext("{count} sentence", "{count} sentences", 0) == "{count} sentences"
    assert wording.NOTICE_MORE.format(count=1) == "And one more: it answers what you watch, too. /articles lists it."
    assert wording.NOTICE_MORE.format(count=2).startswith("And 2 more answer")


@pytest.mark.parametrize("language", list_languages())
def test_texts_fit_into_telegram(language):
    with speaking(language):
        assert len(wording.DESCRIPTION) <= BotDescriptionLimit.MAX_DESCRIPTION_LENGTH
        assert len(wording.SHORT_DESCRIPTION) <= BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH
        for menu in (Menu.PRIVATE, Menu.GROUP):
            for each in make_menu(menu):
                assert 1 <= len(each.description) < BotCommandLimit.MAX_DESCRIPTION, "none is cut"
        toasts = (wording.NOT_YOURS, wording.ASKERS_ONLY, wording.NOT_ALLOWED.format(person=10**10))
        assert max(map(len, toasts)) <= CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
        assert len(wording.PRIVACY_LOGGED) < 1024


@pytest.mark.parametrize("language", OTHERS)
def test_buttons_are_short(language):
    """A phone shows some twenty letters of one of two buttons beside each other; Korean letters are twice as wide."""
    labels = [name for name in vars(type(wording)) if name in {"CONTEXT", "MORE", "VERIFY", "OPEN", "YES", "NO", "WHY"}]
    with speaking(language):
        assert all(len(getattr(wording, name)) <= (18 if language == "es" else 9) for name in labels)


def test_names_that_the_library_gives_are_marked():
    """They are looked up by what the library says, so each must be among the marked ones."""
    assert set(reasons.WANTED) == {each.lacking for each in TYPES if each.lacking}
    assert {each.value for each in (*Status, *Silence)} - {"usable"} == set(reasons.STATUSES)
    assert set(digest.HEADINGS) | set(digest.NOTHING) <= set(DigestKind)
    kinds = {each.__name__ for each in vars(errors).values() if isinstance(each, type)}
    assert set(wording.SOURCE_ERRORS) <= kinds


@pytest.mark.parametrize("language", list_languages())
def test_help_names_every_form_of_a_citation(language):
    with speaking(language):
        assert describe(COMMANDS["cite"]).endswith(", ".join(STYLES))


def test_a_catalogue_is_current(tmp_path, monkeypatch):
    """Bringing them up to the source changes nothing."""
    monkeypatch.setattr("tests.support.catalogues.LOCALE", tmp_path)
    for language in OTHERS:
        where = f"{language}/LC_MESSAGES/pullquote.po"
        (tmp_path / where).parent.mkdir(parents=True)
        (tmp_path / where).write_bytes((LOCALE / where).read_bytes())
        assert update(language) == 0
        assert (tmp_path / where).read_bytes() == (LOCALE / where).read_bytes()


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("es", "es"),
        ("es-MX", "es"),
        ("es_AR", "es"),
        ("ko", "ko"),
        ("KO-kr", "ko"),
        ("de", "en"),
        ("", "en"),
        (None, "en"),
        ("e", "en"),
        ("esperanto", "en"),
        ("../es", "en"),
    ],
)
def test_the_language_of_an_app_is_spoken_if_it_is_known(code, language):
    assert match_language(code) == language


def test_days_are_written_as_the_language_has_them():
    when = CARD.published
    assert (write_day(when), format_moment(when)) == ("14 March 2024", "14 March 2024, 09:10")
    with speaking("es"):
        assert format_moment(when) == "14 de marzo de 2024, 09:10"
    with speaking("ko"):
        assert write_day(when) == "2024년 3월 14일"


@pytest.mark.parametrize(
    ("language", "context", "nothing", "help_line", "place"),
    [
        ("es", "En contexto", "No hay respuesta en lo que se buscó.", "lista los artículos", "párrafo 2"),
        ("ko", "앞뒤 보기", "찾아본 곳에 답이 없습니다.", "기사 목록", "문단 2"),
    ],
)
def test_a_session_in_another_language(bot, language, context, nothing, help_line, place):
    """Answer, refusal, card, help and a button: in the person's language but for what is quoted."""
    bot.codes[7] = language
    (answer,) = bot.says(ASKED)
    assert CABLE in answer.text
    assert place in answer.text
    assert context in labels(answer)
    pressed = bot.presses(context, answer)
    assert wording_of(language, "CONTEXT_PLACE").format(number=2, count=4) in texts(pressed)[0]
    (why,) = bot.says("/why")
    assert "%" in why.text
    assert "Confidence" not in why.text
    (refusal,) = bot.says("Who won the chess championship in Peru?")
    assert refusal.text.startswith(nothing)
    assert "mentions" not in refusal.text
    assert "“championship”" in refusal.text
    (card,) = bot.says("/use 1")
    assert "published" not in card.text
    assert "Port of Eastmoor closes after crane falls" in card.text
    (help_,) = bot.says("/help")
    assert help_line in help_.text
    assert "list the articles" not in help_.text
    assert "“zzz”" in texts(bot.says("/articles zzz"))[0]
    assert "/zork" in texts(bot.says("/zork"))[0]
    bot.codes[7] = "en"
    assert labels(bot.says(ASKED)[0])[0] == "In context"


def wording_of(language, name):
    with speaking(language):
        return getattr(wording, name)


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_english_is_left_in_help_and_menus(language):
    plain = [text.text for text in make_help("quote_bot")]
    with speaking(language):
        told = [text.text for text in make_help("quote_bot")]
        helps = {each.command: each.description for each in make_menu(Menu.PRIVATE)}
    assert all(one != other for one, other in zip(plain, told, strict=True))
    assert all(COMMANDS[name].help not in words for name, words in helps.items())


def test_menus_and_descriptions_are_set_in_each_language(bot):
    bot.runner.run(set_menus(bot.application.bot))
    for method, count in (("setMyCommands", 2), ("setMyDescription", 1), ("setMyShortDescription", 1)):
        found = [getattr(call, "language_code", "") for call in bot.request.calls if call.method == method]
        assert found == [each for each in ("", "es", "ko") for _ in range(count)]


def test_language_shows_and_changes_what_is_spoken(bot):
    bot.codes[7] = "es-MX"
    (shown,) = bot.says("/language")
    assert "español" in shown.text
    assert labels(shown) == ["English", "español", "한국어"]
    changed = bot.presses("한국어", shown)
    assert changed[-1].text == wording_of("ko", "LANGUAGE_SET").format(language="한국어")
    assert labels(bot.says(ASKED)[0])[0] == "앞뒤 보기"
    assert texts(bot.says("/language EN")) == [wording.LANGUAGE_SET.format(language="English")]
    assert labels(bot.says(ASKED)[0])[0] == "In context"
    assert texts(bot.says("/language tlh")) == [wording.LANGUAGE_UNKNOWN.format(code="tlh", codes="en, es, ko")]
    assert bot.store.get_talk(7, -1) == {"language": "en"}


def test_an_administrator_chooses_the_language_of_a_group(bot):
    bot.codes |= {7: "es", 8: "ko"}
    ask = f"/ask@quote_bot {ASKED}"
    assert labels(bot.says(ask, GROUP, 8)[0])[0] == "In context", "a group does not speak as who asks"
    assert texts(bot.says("/language@quote_bot es", GROUP, 8)) == [wording.LANGUAGE_ADMINS_ONLY]
    bot.request.admins.add(7)
    bot.says("/language@quote_bot es", GROUP, 7)
    assert labels(bot.says(ask, GROUP, 8)[0])[0] == "En contexto"


def test_a_group_speaks_the_language_of_who_added_the_bot(bot):
    member = {"user": {"id": 99, "is_bot": True, "first_name": "Q"}}
    change = {
        "chat": {"id": GROUP, "type": "supergroup", "title": "G"},
        "from": {"id": 7, "is_bot": False, "first_name": "P", "language_code": "ko"},
        "date": 1,
        "old_chat_member": member | {"status": "left"},
        "new_chat_member": member | {"status": "member"},
    }
    (call,) = bot.update(my_chat_member=change)
    assert wording_of("ko", "START") in call.text
    assert labels(bot.says(f"/ask@quote_bot {ASKED}", GROUP, 8)[0])[0] == "앞뒤 보기"


def test_following_a_channel_and_the_language_are_both_kept(bot):
    bot.runner.run(bot.desk.settle(GROUP, follows=True))
    bot.runner.run(bot.desk.settle(GROUP, language="ko"))
    bot.runner.run(bot.desk.settle(GROUP, follows=False))
    assert bot.store.get_talk(GROUP, -1) == {"follows": False, "language": "ko"}


def test_a_notice_speaks_the_language_in_which_it_was_asked_for(bot):
    bot.codes[7] = "es"
    bot.says("/watch What did Lena Brandt blame?")
    (standing,) = bot.store.list_questions(7)
    found = bot.index.ask(ASKED)
    match = Match(standing, found.passages[0].article.id, 1, found)
    before = len(bot.request.calls)
    notice = bot.runner.run(prepare_notice(bot.desk, match, 2))
    bot.runner.run(put(bot.desk, bot.application.bot, *notice))
    (call,) = bot.request.calls[before:]
    assert CABLE in call.text
    assert "Vigilas: “What did Lena Brandt blame?”" in call.text
    assert "Y 2 más" in call.text


def test_nothing_is_kept_for_who_speaks_english(bot):
    bot.says("/watch What did Lena Brandt blame?")
    assert bot.store.get_talk(7, -1) is None


def test_an_update_is_dealt_with_though_the_chosen_language_cannot_be_read(bot, monkeypatch):
    async def fail(_desk, _chat):
        raise errors.EngineUnavailable("opensearch", "away")

    monkeypatch.setattr(type(bot.desk), "get_settled", fail)
    bot.codes[7] = "es"
    assert texts(bot.says("/whoami")) == [wording_of("es", "WHOAMI").format(person=7, chat=7)]


def test_who_sent_what_is_set_aside_is_told_in_the_language_of_their_app():
    person = {"from": {"id": 7, "language_code": "es"}}
    assert [find_code({kind: person}) for kind in ("message", "edited_message", "callback_query")] == ["es"] * 3
    assert [find_code(each) for each in ({}, {"message": 1}, {"message": {"from": {"language_code": 1}}})] == [None] * 3


def test_a_stranger_is_told_in_their_language():
    bot = Bot(allowed=(1,))
    bot.codes[7] = "es"
    assert texts(bot.says("hello")) == [wording_of("es", "NOT_ALLOWED").format(person=7)]
    bot.close()


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("question", ["Who fell?", "How old is Lena Brandt?", "What did Holm Lifting say?", "hello"])
def test_reasons_are_told_whole(language, question, bot):
    """Each is made of code and values, and no half of the English is left in it."""
    found = bot.index.ask(question)
    with speaking(language):
        told = reasons.explain_reason(found)
    assert told != found.reason
    assert not any(word in told.split() for word in ("the", "article", "mentions", "gives", "and", "or"))
    assert reasons.explain_reason(found) == found.reason


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("es", "Aquí no hay ningún artículo en coreano; 12.000 en inglés, 1 en turco."),
        ("ko", "여기에는 한국어 기사가 없습니다. 있는 것은 영어 기사 12,000건, 튀르키예어 기사 1건입니다."),
        ("en", "No Korean article here; 12,000 English ones, 1 Turkish one."),
    ],
)
def test_which_languages_are_here_is_told_in_that_of_the_reader(language, told):
    reason = make_reason(ReasonCode.NONE_IN_LANGUAGE, language="ko", articles={"en": 12_000, "tr": 1})
    with speaking(language):
        assert reasons.explain_reason(Reply("?", None, Verdict.REFUSED, 0.0, reason)) == told


def test_an_error_of_a_source_is_told_by_its_kind(bot):
    error = errors.EmptyArticle("news.txt", "holds no sentence")
    assert explain_error(error) == "news.txt: holds no sentence"
    with speaking("es"):
        assert explain_error(error).startswith("news.txt: no tiene ninguna frase")


def tell_error(language, error):
    with speaking(language):
        return explain_error(error)


def test_what_is_wrong_with_a_document_is_told_in_detail():
    """Also where another process has read it, with numbers and languages as the reader writes them."""
    with pytest.raises(errors.UnsupportedFormat) as cut:
        load_bytes(b"%PDF-1.4 and no more", "a.pdf", apart=True)
    assert tell_error("es", cut.value) == "a.pdf: está cortado antes del final; consigue el archivo entero"
    with pytest.raises(errors.UnsupportedFormat) as wrong:
        load_bytes(b"caf\xe9 " + b"x" * 1500 + b"\xff\xfe", "a.txt", apart=True)
    assert "UTF-8" in tell_error("ko", wrong.value)
    with pytest.raises(errors.UnsupportedLanguage) as dutch:
        Article.from_text("De haven werd vrijdag gesloten, omdat er een kraan op de kade was gevallen. " * 9)
    assert "(neerlandés); Pullquote lee estos: inglés, " in tell_error("es", dutch.value)
    assert "(네덜란드어)" in tell_error("ko", dutch.value)
    assert "영어, " in tell_error("ko", dutch.value)
    told = errors.state_fact("has {count:,} pages, the limit is {max_pages:,}", count=12345, max_pages=2000)
    long = errors.SourceTooLarge("a.pdf", told, 2000)
    assert (str(long), long.fact) == ("a.pdf: has 12,345 pages, the limit is 2,000", told)
    assert tell_error("es", long) == "a.pdf: tiene 12.345 páginas y el límite es 2.000"
    assert tell_error("en", long) == str(long)


@pytest.mark.parametrize(
    "reply",
    [
        {"template": "{0.__class__}", "values": {"kind": "x"}},
        {"template": "is damaged ({kind}); get another copy of it", "values": {}},
        {"template": "has {count:,} parts, the limit is {max_entries:,}", "values": {"count": "x", "max_entries": 1}},
        {"template": "is damaged ({kind}); get another copy of it", "values": {"kind": ["x"]}},
        {"template": 1, "values": 2},
    ],
)
def test_a_reader_that_was_taken_over_cannot_make_us_say_what_no_catalogue_has(reply):
    with pytest.raises(errors.UnsupportedFormat) as found:
        _read_result({"error": "UnsupportedFormat", "message": "m", "fact": None, **reply}, "a.pdf")
    assert found.value.fact == "m"
    with speaking("es"):
        kind = gettext(wording.SOURCE_ERRORS["UnsupportedFormat"])
    assert tell_error("es", found.value) == kind.format(name="a.pdf")


CHATS = {
    "archive", "docx", "eml", "epub", "fetch", "html", "letters", "loading", "nitf", "odt", "packing", "pdf",
    "readers", "rtf", "subtitles", "text", "walls", "article", "pool",
}  # fmt: skip
"""The modules that read what a chat may send; of others, such as mailboxes, the kind of error is told."""

PARTS = {
    "is packed as {}, which was not asked for", "says that it is gzip, but {}; try again later", "is {}",
    "is {}; files that are read end in {}", "could not be read within {}; it may be damaged, or made to do harm",
}  # fmt: skip
"""Facts that are made of parts, which are told by their kind."""


def test_what_may_be_wrong_with_a_source_is_marked():
    """It goes through `state_fact`, which Babel finds, so that each catalogue must have it."""
    marked = 0
    for name, _, _, tree in read_modules("index"):
        if name.rpartition(".")[2] not in CHATS:
            continue
        for node in ast.walk(tree):
            called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            marked += called == "state_fact"
            if called in wording.SOURCE_ERRORS and len(node.args) > 1:
                given = node.args[1]
                text = given.value if isinstance(given, ast.Constant) else ""
                if isinstance(given, ast.JoinedStr):
                    text = "".join(each.value if isinstance(each, ast.Constant) else "{}" for each in given.values)
                assert text in PARTS | {""}, f"{name}:{node.lineno}"
    assert marked > 60


def test_two_chats_at_once_do_not_mix(tmp_path):
    """Their updates are in hand at the same time, each in a task, and each in threads, of its own."""
    people = {20 + number: ("es", "ko", "en")[number % 3] for number in range(30)}
    place = {"es": "párrafo 2", "ko": "문단 2", "en": "paragraph 2"}

    async def session():
        api = FakeApi()
        async with running(api, tmp_path):
            for words in (ASKED, "/use zzz"):  # what comes of the second is worded in a thread
                for person, code in people.items():
                    api.says(words, person, **{"from": user(person, code)})
            await api.until(lambda: all(len(api.answers(person)) == 2 for person in people), 60)
        for person, code in people.items():
            answer, none = api.answers(person)
            assert place[code] in answer
            with speaking(code):
                assert none == gettext("No article is called {words!r}; /articles lists them.").format(words="zzz")

    asyncio.run(asyncio.wait_for(session(), 120))
