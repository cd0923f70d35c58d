"""Which language a text is in, and how rarely the model is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language import detect, identifier
from index.language.detect import begins_in_english, detect_by_words, detect_language
from index.language.names import describe_language, name_language
from tests.support import told
from tests.support.paths import EVAL, need_shared

FOREIGN = [
    ("fr", "Qui a dit non ?"),
    ("fr", "Le ministre est arrivé à Séoul avec une lettre que personne n'avait lue, et il est reparti sans un mot."),
    ("fr", "Pourquoi ?"),
    ("de", "Wer hat nein gesagt?"),
    ("de", "Warum trat er zurück?"),
    (
        "de",
        "Der Minister kam mit einem Brief nach Seoul, den niemand gelesen hatte, und ging ohne ein Wort wieder fort.",
    ),
    ("es", "¿Quién dijo que no?"),
    ("es", "El ministro llegó a Seúl con una carta que nadie había leído, y se fue sin decir nada a los periodistas."),
    ("it", "Chi ha detto no?"),
    ("it", "Il ministro è arrivato a Seul con una lettera che nessuno aveva letto ed è ripartito senza una parola."),
    ("pt", "Quem disse que não?"),
    (
        "pt",
        "O ministro chegou a Seul com uma carta que ninguém tinha lido e foi embora sem dizer nada aos jornalistas.",
    ),
    ("nl", "Wie zei nee?"),
    ("nl", "De minister kwam naar Seoel met een brief die niemand had gelezen en ging zonder een woord weer weg."),
    ("sv", "Vem sa nej, och varför?"),
    ("da", "Hvorfor blev ministeren ikke hjemme efter mødet?"),
    ("no", "Hvem sa nei?"),
    ("fi", "Kuka sanoi ei ja miksi?"),
    ("pl", "Kto powiedział nie?"),
    ("cs", "Kdo řekl ne a proč?"),
    ("ro", "Cine a spus nu și când?"),
    ("hu", "Ki mondta, hogy nem?"),
    ("tr", "Kim hayır dedi ve neden?"),
    ("vi", "Ai đã nói không?"),
    ("id", "Siapa yang mengatakan tidak?"),
    ("ko", "누가 아니라고 했나?"),
    ("ko", "White House는 핵 연습을 논의하지 않는다고 밝혔다."),
    ("ja", "誰がノーと言った?"),
    ("zh", "谁说不?"),
    ("ru", "Кто сказал нет?"),
    ("uk", "Хто сказав ні?"),
    ("ar", "من قال لا؟"),
    ("fa", "چه کسی نه گفت؟"),
    ("ur", "کس نے نہیں کہا؟ ٹھیک ہے۔"),
    ("el", "Ποιος είπε όχι;"),
    ("he", "מי אמר לא?"),
    ("th", "ใครบอกว่าไม่"),
    ("hi", "किसने ना कहा?"),
]


@pytest.mark.parametrize(("code", "text"), FOREIGN)
def test_another_language_is_told(code: str, text: str) -> None:
    assert detect_language(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "Who is Müller de la Cruz?",
        "What is El Niño?",
        "Rio de Janeiro",
        "Charles de Gaulle",
        "Kim Eun-hye",
        "Los Angeles, La Paz, El Paso",
        "Is 김치 good?",
        "Who sang Non, je ne regrette rien?",
        "Die Hard",
        "Und Du",
        "Qui Nhon",
        "say no",
        "denied talks",
        "",
        " ",
        "12, 34 & 56",
        "😀😀",
        "\ud800",
    ],
)
def test_in_doubt_it_is_english(text: str) -> None:
    assert detect_language(text) == "en"


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_detect_answers_for_any_text(text: str) -> None:
    assert len(detect_language(text)) == 2


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "LILLE, 3 mai -- La mairie a reçu dix millions d'euros pour réparer le pont. L'architecte juge qu'ils "
               "ne suffiront pas, et deux élus ont quitté la salle."),
        ("es", "CÁDIZ, 3 may -- La alcaldía anunció un plan de diez millones para reparar el puente. El arquitecto "
               "cree que las obras empezarán en marzo."),
        ("it", "BARI, 3 maggio -- Il comune ha annunciato un piano da dieci milioni per il ponte. L'architetto ha "
               "detto che i lavori inizieranno a marzo."),
        ("en", "Cast: Jean de la Tour, Maria del Mar, Luc de la Croix, Anna de la Vega, Paul du Pont, Marc du Lac"),
    ],
)  # fmt: skip
def test_a_short_report_tells_its_language(language: str, text: str) -> None:
    assert detect_language(text) == language


REPORTS = {
    "pl": "Burmistrz Pellan ogłosił w poniedziałek zamknięcie starego mostu. Kierowcy pojadą objazdem przez las. Radni "
    "zapowiadają naprawę wiosną, lecz pieniędzy brakuje. Mieszkańcy piszą skargi.",
    "hu": "A polgármester hétfőn bejelentette, hogy lezárják a régi hidat. Az autósok az erdőn át kerülhetnek. A "
    "tanács tavaszra ígér javítást, ám kevés a pénz. A lakók panaszt írnak.",
    "lt": "Pellano meras pirmadienį pranešė, kad senasis tiltas uždaromas. Vairuotojai važiuos aplink per mišką. "
    "Taryba žada remontą pavasarį, tačiau trūksta pinigų.",
    "sq": "Kryetari i bashkisë njoftoi të hënën mbylljen e urës së vjetër. Shoferët do të kalojnë përmes pyllit. "
    "Këshilli premton riparimin në pranverë, por paratë mungojnë.",
    "tr": "Belediye başkanı pazartesi günü eski köprünün kapatıldığını duyurdu. Sürücüler ormanın içinden dolaşacak. "
    "Meclis onarımı ilkbaharda yapacağını söylüyor, fakat para yetmiyor.",
}


@pytest.mark.parametrize("language", REPORTS)
def test_a_short_report_is_told_by_its_letters(language: str) -> None:
    assert detect_language(REPORTS[language]) == language


def test_a_list_of_english_names_is_english() -> None:
    names = (
        "Brandt, Holm and Marlow Kessler; Port Ada; Calder Bridge, Mill Lane, Ring Road; Reeves Foods; Pellan Harbour"
    )
    assert detect_language(f"{names}. {names}.") == "en"


def test_the_model_is_not_loaded_for_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifier, "_load_model", None)
    assert detect_language("The mayor of Pellan said on Monday that the old bridge would be closed to lorries.") == "en"
    assert detect_language("glenn maddox age") == "en"


def test_a_worker_leaves_the_model_to_its_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ModuleNotFoundError("numpy")

    monkeypatch.setattr(identifier, "_load_model", fail)
    assert detect_language(REPORTS["lt"]) == "en"
    assert detect_by_words(REPORTS["lt"]) == ""


def test_a_longer_text_is_english_only_if_its_beginning_middle_and_end_are() -> None:
    english = "The council said that it would close the bridge, and they asked who should pay for the work. "
    german = "Der Rat hat gesagt, dass die Brücke nicht für alle offen ist und der Bau auch bei uns nach oben geht. "
    assert detect_by_words(40 * english) == "en"
    for text in (40 * english + 200 * german, 200 * german + 40 * english, 5 * english + 200 * german + 5 * english):
        assert detect_by_words(text) == "de"


def test_a_plainly_english_text_is_told_by_a_few_of_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    english = "The council said that it would close the bridge, and they asked who should pay for the work. "
    monkeypatch.setattr(detect, "_weigh_text", lambda _: "counted")
    assert detect_by_words(40 * english) == "en"
    assert detect_by_words(5 * english) == "counted"


OWN = told.read_own()


@pytest.mark.parametrize("texts", OWN, ids=lambda texts: texts["language"])
def test_our_own_texts_are_told(texts: dict[str, object]) -> None:
    for text in (texts["article"], texts["item"], *texts["questions"]):
        assert detect_language(text) == texts["language"], text


def test_our_own_articles_are_in_many_languages_and_most_need_no_model() -> None:
    assert len(OWN) >= 40
    assert sum(not detect_by_words(texts["article"]) for texts in OWN) <= 3  # neighbours: Danish, Norwegian, Slovak


def test_of_english_questions_four_at_most_are_refused_and_few_ask_the_model() -> None:
    need_shared(EVAL)
    written, typed = (told.count_told(told.read_questions(names), "en") for names in (told.ENGLISH, told.TYPED))
    assert written.total == 6035
    assert written.foreign <= 4
    assert typed.foreign <= 2
    assert (written.asked, typed.asked) <= (12, 15)


def test_every_english_article_is_told() -> None:
    need_shared(EVAL)
    count = told.count_told(told.read_articles((*told.ENGLISH, *told.TYPED)), "en")
    assert count.foreign == 0
    assert count.asked <= count.total / 50  # casts and tables


@pytest.mark.parametrize("language", told.OTHERS)
def test_questions_and_articles_in_other_languages_are_caught(language: str) -> None:
    need_shared(EVAL)
    count = told.count_told(told.read_questions([f"xquad-{language}-even"]), language)
    assert min(count.foreign, count.right) >= 0.984 * count.total
    count = told.count_told(told.read_articles([f"xquad-{language}-even"]), language)
    assert count.right == count.total
    assert count.asked <= 1


@pytest.mark.parametrize(
    "question",
    ["whats the damage", "glenn maddox age", "prize money tour of larrane winner", "is tammy baldwin married",
     "Who's Ed Royce?", "number of boats out so far", "relase date for salt line??", "Pellan"],
)  # fmt: skip
def test_short_english_questions_ask_no_model(question: str) -> None:
    assert detect_by_words(question) == "en"


def test_what_an_unclear_question_is_in_depends_on_the_articles() -> None:
    assert detect_language("Messi goles 2022", ("es", "en")) == "es"
    assert detect_language("Pellan 1874", ("ko",)) == "ko"
    assert detect_language("Pellan 1874") == "en"
    assert detect_language("Who lived there?", ("es",)) == "en"
    assert detect_language("Wer wohnte dort?", ("en",)) == "de"
    assert detect_by_words("pier date", ("es",)) == ""
    assert detect_language("precio cobre", ("es", "en")) == "es"
    assert detect_language("Rio de Janeiro", ("es", "en")) == "es"
    assert detect_language("deaths", ("es", "en")) == "en"


@pytest.mark.parametrize("question", ["crane cable", "seoul summit", "pier cost", "van driver", "cat rescue"])
def test_two_words_that_the_model_hardly_knows_are_in_the_language_of_the_articles(question: str) -> None:
    assert detect_language(question) == "en"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("uk", "Чому порт закритий?"),
        ("ru", "Когда Англия официально объявила войну Франции?"),
        ("zh", "谁在《Doctor Who》中扮演博士？"),
        ("el", "Ποιος έπαιξε στο Doctor Who και στο Torchwood;"),
        ("en", "Is 김치 good?"),
    ],
)
def test_scripts_that_several_languages_share(language: str, text: str) -> None:
    assert detect_language(text) == language


def test_the_beginning_of_a_paragraph_shows_that_it_is_english() -> None:
    assert begins_in_english("The council said that it would close the bridge, and they asked who should pay.")
    assert not begins_in_english("Der Rat hat gesagt, dass die Brücke nicht für alle offen ist.")
    assert not begins_in_english("")


def test_languages_have_names() -> None:
    assert [name_language(code) for code in ("sw", "ht", "xx")] == ["Swahili", "Haitian Creole", "the language 'xx'"]
    described = describe_language("sw")
    assert described["name"] == "Swahili"
    assert described["served"].startswith("English")
    assert described["codes"].split()[0] == "en"
    assert len(described["codes"].split()) == described["served"].count(",") + 2
