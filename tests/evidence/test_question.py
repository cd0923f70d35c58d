"""A question as read: its terms, names, and what kind of thing it asks for."""

import pytest

from index.evidence.answer_types import OTHER, TYPES, find_counted
from index.evidence.question import list_generic_terms, read_question
from index.evidence.surface import Surface
from index.language.terms import tokenize
from index.language.thesaurus import find_synonyms, load_groups, load_opposites


@pytest.mark.parametrize(
    ("text", "kind", "wants"),
    [
        ("How many ferries sank?", "number", "count"),
        ("How old is the master?", "number", "age"),
        ("How much did the ferry cost?", "number", "money"),
        ("What percentage of the cars was saved?", "number", "share"),
        ("How long did the search last?", "number", "duration"),
        ("When did the ferry sink?", "time", "time"),
        ("How long ago did the ferry sink?", "time", "time"),
        ("In which city was it built?", "place", "called"),
        ("Why did the ferry sink?", "reason", "cause"),
        ("Who owned the ferry?", "name", "person"),
        ("Which company owned the ferry?", "name", "called"),
        ("What sank?", "other", "other"),
        ("What is it called when a ferry sinks?", "name", "called"),
        ("What did the master do when it sank?", "other", "other"),
        ("When it sank, what did the master do?", "other", "other"),
        ("Which area was searched?", "place", "place"),
        ("What did the mayor of Larn say about the ferry?", "other", "words"),
        ("trumps reaction to the ruling", "other", "words"),
        ("Where do plenary meetings take place?", "place", "place"),
        ("glenn maddox age", "other", "age"),
        ("How did Olaf Holm die?", "other", "death"),
        ("How many people died of rabies?", "number", "count"),
        ("salary of a bus driver", "other", "money"),
        ("How much is a ticket?", "number", "money"),
        ("How tall is the tower?", "number", "figure"),
        ("what was the vote in the senate", "other", "figure"),
        ("What was the name of the count of Apulia?", "name", "called"),
        ("Where was Ida Holm born?", "place", "birthplace"),
        ("In what year did it sink?", "time", "date"),
        ("is ida holm married", "other", "marriage"),
        ("who was luthers wife", "name", "spouse"),
        ("Does Ida Holm have kids?", "other", "family"),
        ("Whats the cage for?", "other", "cause"),
        ("names of the two brothers", "other", "called"),
        ("wich hospital are they in", "name", "called"),
    ],
)
def test_the_kind_of_thing_asked_for(text, kind, wants):
    question = read_question(text)
    assert question.kind.name == kind
    assert question.wants.name == wants


def test_terms_are_distinct_and_keep_the_askers_words():
    question = read_question("Did Holm say that Olaf Holm's ferry sank?")
    assert question.terms == ("holm", "say", "olaf", "ferri", "sink")
    assert question.words["sink"] == "sank"
    assert question.names == {"holm", "olaf"}


def test_a_title_before_a_name_is_no_name():
    assert read_question("How old is Captain Ida Holm?").names == {"ida", "holm"}


def test_only_a_question_without_capitals_may_have_names_in_small_letters():
    assert read_question("how old is captain holm").small == {"old", "holm"}
    assert read_question("How old is Captain Holm?").small == frozenset()


def test_short_spellings_and_fillers_are_no_words_of_the_question():
    question = read_question("so whos the captain exactly")
    assert (question.terms, question.kind.name) == (("captain",), "name")


def test_what_is_counted_may_be_said_in_another_word():
    assert "child" in read_question("How many kids does Holm have?").counted


def test_plain_terms_are_neither_names_nor_words_of_asking():
    assert read_question("How many people did Olaf Holm rescue at night?").plain == ("rescu", "night")


def test_a_question_of_stop_words_has_no_terms():
    assert read_question("Who is it?").terms == ()


def counted(text):
    return find_counted(text, tokenize(text))


def test_what_is_counted():
    assert counted("How many old ferries sank?") == {"old", "ferri", "sink"}
    assert counted("What sank?") == frozenset()


@pytest.mark.parametrize(
    ("kind", "sentence", "held"),
    [
        ("age", "Holm, 54, was saved.", True),
        ("age", "Holm saved 54 cars.", False),
        ("age", "Holm was 54 when it sank.", True),
        ("age", "Holm was 54 miles away.", False),
        ("age", "The winner, Holm, 54.", True),
        ("age", "He left when he was arrested.", False),
        ("age", "He has sung since he was nine.", True),
        ("words", "“It was old,” Holm said.", True),
        ("words", "The ferry sank.", False),
        ("death", "Holm died in 2003.", False),
        ("death", "Holm died of a heart attack in 2003.", True),
        ("death", "Holm drowned.", True),
        ("figure", "It opened on 3 May 2009.", False),
        ("figure", "It is 12 metres high.", True),
        ("figure", "The vote was unanimous.", True),
        ("duration", "Route 40 is 300 km long.", True),
        ("birthplace", "Holm comes from Larn.", True),
        ("birthplace", "Holm lives in Larn.", False),
        ("date", "It was built in the 1950s.", True),
        ("date", "It was built in haste.", False),
        ("marriage", "Holm and her husband left.", True),
        ("marriage", "Holm and her deputy left.", False),
        ("family", "Holm has twin daughters.", True),
        ("family", "Holm has a boat.", False),
        ("cause", "It sank because it was old.", True),
        ("cause", "It sank on Friday.", False),
        ("called", "A number like that is called prime.", True),
        ("called", "A grain ship struck a mine.", False),
        ("time", "It sank in 911.", True),
        ("time", "It sank in the 11th century.", True),
        ("time", "It sank after the storm.", True),
        ("time", "It sank with all cars.", False),
        ("number", "Few cars were saved.", True),
        ("money", "It cost $5 million.", True),
        ("money", "It took 5 years.", False),
        ("share", "Half of the cars were lost.", True),
        ("duration", "The search lasted three days.", True),
        ("place", "It was built in Larn.", True),
        ("place", "It was built in haste.", False),
        ("reason", "It sank because it was old.", True),
        ("person", "Two officials saw it.", True),
        ("other", "It sank.", True),
    ],
)
def test_whether_a_sentence_holds_what_is_asked_for(kind, sentence, held):
    rows = {row.name: row for row in (*TYPES, OTHER)}
    assert rows[kind].is_held_in(Surface(sentence), frozenset(), fits=False) is held


def test_a_count_needs_a_number_at_the_thing_counted():
    things = counted("How many ferries sank?")
    count = next(row for row in TYPES if row.name == "count")
    assert count.is_held_in(Surface("Three of the old ferries sank."), things, fits=True)
    assert count.is_held_in(Surface("The company lost most of its ferries (8)."), things, fits=True)
    assert not count.is_held_in(Surface("The ferry sank with 30 cars."), things, fits=True)


def test_the_tables_are_symmetric_and_name_no_word_its_own():
    for table in ({term: find_synonyms(term) for term in load_groups()}, load_opposites()):
        assert table
        assert all(term in table[other] for term, others in table.items() for other in others)
        assert all(term not in others for term, others in table.items())


def test_words_of_asking_are_terms():
    assert {"name", "mani", "number"} <= list_generic_terms()


@pytest.mark.parametrize(
    ("question", "sentence", "found"),
    [
        ("What is the Aurora?", "The Aurora was the oldest ferry of Larn.", True),
        ("Who was Ida Holm?", "Ida Holm, the master, was saved.", True),
        ("What is the Aurora?", "The master left the Aurora.", False),
    ],
)
def test_a_definition_names_the_thing_and_then_is(question, sentence, found):
    wanted = read_question(question).defined
    assert (wanted.search(sentence) is not None) is found


@pytest.mark.parametrize("question", ["Where did the Aurora sink?", "What is the name of the old ferry of Larn?"])
def test_most_questions_ask_for_no_definition(question):
    assert read_question(question).defined is None
