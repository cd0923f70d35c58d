"""Which language an article is in, and its paragraphs: those in another are shown, never cited."""

import pytest

from bot.pages.lines import render_plain
from bot.pages.render import render_article, render_report
from index import open_index
from index.citations import reading_page
from index.errors import UnsupportedLanguage
from index.forms.serial import article_from_dict, article_to_dict
from index.model import Article, Kind
from index.reading.mixed import name_kind, tell_by_words
from index.sources import load_bytes
from tests.support import told
from tests.support.paths import ROOT

TEXTS = {str(texts["language"]): texts for texts in told.read_own()}
WIRES = told.read_lines(ROOT / "tests" / "language" / "wires.jsonl")
LIGHTHOUSE = """The old lighthouse of Pellan was built in 1874 and stands on a rock near the harbour.

A keeper lived there with his family for more than a hundred years, and he wrote a diary."""
ROOF = "The council wants to repair the roof, because rain comes in."


def mix(*paragraphs):
    return "\n\n".join(paragraphs)


def list_kinds(article):
    return [each.kind.value for each in article.paragraphs]


@pytest.mark.parametrize("code", ["tr", "sw", "ko", "de", "pl", "vi", "ar", "zh", "fi"])
def test_a_paragraph_in_another_language_is_kept_and_never_cited(code):
    foreign = TEXTS[code]["item"]
    article = Article.from_text(mix(LIGHTHOUSE, foreign, ROOF))
    assert article.language == "en"
    assert list_kinds(article) == ["body", "body", "foreign", "body"]
    assert [each.number for each in article.paragraphs] == [1, 2, None, 3]
    assert [article.quote(each) for each in article.paragraphs if each.kind is Kind.FOREIGN] == [foreign]
    assert not any(article.quote(each) in foreign for each in article.sentences)
    assert article.quote(article.sentences[-1]) == ROOF


def test_an_article_in_a_language_served_sets_english_aside():
    article = Article.from_text(mix(TEXTS["es"]["article"], LIGHTHOUSE, TEXTS["es"]["item"]))
    assert article.language == "es"
    assert list_kinds(article) == ["body", "foreign", "foreign", "body"]


def test_what_is_served_in_a_text_that_is_mostly_not():
    article = Article.from_text(mix(TEXTS["sw"]["item"], TEXTS["pl"]["item"], LIGHTHOUSE))
    assert article.language == "en"
    assert list_kinds(article) == ["foreign", "foreign", "body", "body"]
    with pytest.raises(UnsupportedLanguage, match="is in Swahili"):  # a line of English makes no English article
        Article.from_text(mix(TEXTS["sw"]["article"], TEXTS["sw"]["item"], ROOF))


@pytest.mark.parametrize(
    "line",
    [
        "“Je ne regrette rien,” she sang.",
        "Rio de Janeiro, São Paulo, Belo Horizonte",
        "김치",
        "Photo caption: Opal Henning checks a water bill in the council break room. (Jerrod Eastlick/Plainsman)",
    ],
)
def test_names_and_short_lines_stay_in_the_body(line):
    article = Article.from_text(mix(LIGHTHOUSE, line, ROOF))
    assert Kind.FOREIGN not in {each.kind for each in article.paragraphs}


def test_the_mark_is_stored_with_the_article(tmp_path):
    article = Article.from_text(mix(LIGHTHOUSE, TEXTS["tr"]["item"]))
    assert article_from_dict(article_to_dict(article)).paragraphs == article.paragraphs
    with open_index(f"disk:{tmp_path / 'library'}") as index:
        index.add(article)
        assert index.article(article.id).paragraphs == article.paragraphs


def test_readers_see_the_paragraph_and_why_it_is_not_cited():
    article = Article.from_text(mix(LIGHTHOUSE, TEXTS["sw"]["item"], ROOF))
    shown = render_plain(render_article(article))
    assert "In Swahili, and so never cited:" in shown
    assert "Meya alisema" in shown
    report = render_plain(render_report(article)).splitlines()
    assert any(line.startswith("Swahili") and "Meya alisema" in line for line in report)
    assert '<p class="kind">Meya alisema' in reading_page(article)
    foreign, body = article.paragraphs[2], article.paragraphs[0]
    assert (name_kind(article, foreign), name_kind(article, body)) == ("Swahili", "body")


def test_a_text_is_told_by_its_paragraphs_where_it_leaves_doubt_as_a_whole():
    text = mix(TEXTS["es"]["article"], LIGHTHOUSE, LIGHTHOUSE)
    article = Article.from_text(text)
    assert tell_by_words(text, article.paragraphs) in ("es", "en")
    assert len({each.kind for each in article.paragraphs}) == 2


@pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire["style"])
@pytest.mark.parametrize("apart", [False, True], ids=["here", "worker"])
def test_ten_foreign_wires_are_told_here_and_in_a_worker(wire, apart):
    data = wire["text"].encode()
    if wire["language"] == "sw":
        with pytest.raises(UnsupportedLanguage, match=r"is in Swahili; Pullquote reads English, .* and Vietnamese"):
            load_bytes(data, "wire.txt", apart=apart)
        return
    article = load_bytes(data, "wire.txt", apart=apart).article
    assert article.language == wire["language"]
    assert article.title == wire["text"].splitlines()[0].removeprefix("(2보) ")
    assert Kind.FOREIGN not in {each.kind for each in article.paragraphs}


@pytest.mark.parametrize("code", ["da", "no", "et", "sk", "af", "hu"])
def test_what_a_worker_cannot_tell_its_caller_refuses(code):
    with pytest.raises(UnsupportedLanguage) as caught:
        load_bytes(str(TEXTS[code]["article"]).encode(), "wire.txt", apart=True)
    assert caught.value.language == code


def test_what_a_worker_cannot_tell_its_caller_reads_in_the_language_that_it_is_in():
    turkish = (
        "Pellan limanındaki köprünün onarımı tamamlanamadı. Sürücüler ormandaki dar yolu kullanmaya zorlanıyor. "
        "Belediye meclisi bütçe görüşmelerini erteledi. Esnaf zararının karşılanmasını istiyor."
    )
    here, apart = (load_bytes(turkish.encode(), "wire.txt", apart=apart).article for apart in (False, True))
    assert tell_by_words(turkish, here.paragraphs) == ""
    assert (here.language, here.length) == ("tr", 4)
    assert apart == here


SHORT_PARAGRAPHS = {
    "es": """El puerto de Valdemar cierra tras la caída de una grúa

Valdemar, 14 mar (EFE).- El puerto de Valdemar cerró el jueves después de que una grúa cayera sobre el muelle.

El puerto recibe 40 barcos por semana. Ibarra espera reabrirlo el sábado. La obra costará 3,2 millones de euros.
""",
    "ru": """Порт закрыт после падения крана

В четверг порт Вальдемара закрыли после того, как кран упал на северный причал и убил двух рабочих.

Заседания комиссии проводятся по утрам во вторник и среду, а решение объявляют во время вечерних собраний совета.
""",
    "pt": """O porto de Valdemar fecha após a queda de uma grua

O porto de Valdemar fechou na quinta-feira depois que uma grua caiu sobre o cais e matou dois estivadores.

O porto recebe 40 navios por semana. Ibarra espera reabri-lo no sábado. A obra custará 3,2 milhões de euros.
""",
}


@pytest.mark.parametrize("code", SHORT_PARAGRAPHS)
def test_what_neighbouring_languages_share_makes_no_paragraph_foreign(code):
    article = Article.from_text(SHORT_PARAGRAPHS[code])
    assert article.language == code
    assert [one.kind for one in article.paragraphs] == [Kind.HEADLINE, Kind.BODY, Kind.BODY]
