"""Follow-up questions: what is borrowed from the questions before, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.asking.followup import rewrite
from index.asking.understand import strip_courtesy

DENIAL = "Did Marlow deny the joint harbour drills?"
WHO_IS = "Who is Ada Kessler-Brandt?"
MET = "Where did Marlow and Oduya meet?"
EXERCISE = "When will the tabletop exercise take place?"


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        # persons
        ([WHO_IS], "And what did she say?", "And what did Ada Kessler-Brandt say?"),
        (
            [DENIAL, WHO_IS],
            "And what did she say about it?",
            "And what did Ada Kessler-Brandt say about the joint harbour drills?",
        ),
        ([WHO_IS], "Who is her brother?", "Who is Ada Kessler-Brandt's brother?"),
        (["Does Ada Kessler's farm pay?"], "What did she do?", "What did Ada Kessler do?"),
        (["did kessler's farm pay?"], "why did it pay?", "why did kessler's farm pay?"),
        ([WHO_IS], "Who warned her?", "Who warned Ada Kessler-Brandt?"),
        (["Who is Tom Reeves?"], "Where is his farm?", "Where is Tom Reeves' farm?"),
        (["who is ada kessler?"], "what did she say", "what did ada kessler say"),
        (["what did marlow say?"], "why did he say no?", "why did marlow say no?"),
        (["Who is the mayor of Lisbon?"], "When did he resign?", "When did the mayor of Lisbon resign?"),
        (["Who denied the talks?"], "Is he right?", "Is the one who denied the talks right?"),
        (["Who founded Brandt Foods?"], "Did he sell it?", "Did the one who founded Brandt Foods sell it?"),
        (["Who is Ada Brandt?", "Who is her brother?"], "What did he say?", "What did Ada Brandt's brother say?"),
        (["Who is Mary Smith?", "Who is John Brown?"], "What did he say?", "What did John Brown say?"),
        ([MET], "When did they talk?", "When did Marlow and Oduya talk?"),
        # things
        ([EXERCISE], "Where will it be held?", "Where will the tabletop exercise be held?"),
        ([EXERCISE], "What is its purpose?", "What is the tabletop exercise's purpose?"),
        (["Who funded the trial?"], "Why was this criticised?", "Why was the trial criticised?"),
        ([EXERCISE], "Which colours does it have?", "Which colours does the tabletop exercise have?"),
        (["Who founded Brandt House?"], "When was it sold?", "When was Brandt House sold?"),
        (
            ["What will the second pier of Pellan cost?"],
            "When does it start?",
            "When does the second pier of Pellan start?",
        ),
        (["What does the clay filter cost?"], "Who makes it?", "Who makes the clay filter?"),
        (["Will the wall of Port Ada be raised?"], "Who asked for it?", "Who asked for the wall of Port Ada?"),
        (["Did the Bank of Brandt cap rates?"], "When will it meet?", "When will the Bank of Brandt meet?"),
        (["What did Marlow order Fife County to do?"], "When will it appeal?", "When will Fife County appeal?"),
        (["Why did Brandt cite a clerk?"], "What did it report?", "What did Brandt report?"),
        (["Who runs the Ada Potters' Hall?"], "How old is it?", "How old is the Ada Potters' Hall?"),
        (["Who sold the ferry?"], "How old is a boat like that?", "How old is a boat like the ferry?"),
        (["How many soldiers came?"], "How many of them left?", "How many of the soldiers left?"),
        (["What is Data Harbour?"], "Is it free?", "Is Data Harbour free?"),
        ([DENIAL], "Who lives there?", "Who lives there (about the joint harbour drills)?"),
        (["Who runs the port of Calais?"], "Who was born there?", "Who was born in Calais?"),
        # short names and definite things
        (["Who is Ada Kessler-Brandt?"], "What did Kessler say?", None),
        (["Who is Ada Brandt?"], "What did Brandt say?", "What did Ada Brandt say?"),
        (["When is the tabletop exercise?"], "Who joins the exercise?", "Who joins the tabletop exercise?"),
        # question words alone
        ([MET], "When?", "When did Marlow and Oduya meet?"),
        ([MET], "And why?", "Why did Marlow and Oduya meet?"),
        ([MET], "When did that happen?", "When did Marlow and Oduya meet?"),
        (["Who won the cup?"], "How?", "How was it that they won the cup?"),
        (["Who won the cup?"], "In which year?", "In which year was it that they won the cup?"),
        (["What caused the flood?"], "When?", "When was it that it caused the flood?"),
        (["Which firm bought the mill?"], "When?", "When was it that the firm bought the mill?"),
        (["Who was arrested?"], "When?", "When were they arrested?"),
        (["Who will pay?"], "By when?", "By when will they pay?"),
        (["Which songs did she sing?"], "Where?", "Where did she sing the songs?"),
        (["How many people drowned?"], "And when?", "When was it that people drowned?"),
        (["How many people were hurt?"], "When?", "When were people hurt?"),
        (["How many people were hurt?"], "How many of them?", "How many people were hurt?"),
        (["Which teams were relegated?"], "How many of them?", "How many teams were relegated?"),
        (["How many people drowned?"], "Who?", "Which people drowned?"),
        (["How many people did Brandt hire?"], "When?", "When did Brandt hire people?"),
        (["How many did Brandt hire?"], "When?", "When did Brandt hire?"),
        (["Will the tolls go up?"], "By how much?", "By how much will the tolls go up?"),
        (["Did Kim Marlow resign?"], "And why did she?", "Why did Kim Marlow resign?"),
        # what about
        (["How fast did Brandt grow in Asia?"], "And in Chile?", "How fast did Brandt grow in Chile?"),
        (["What did Brandt say about the drills?"], "And about the wall?", "What did Brandt say about the wall?"),
        (["How many died in St. Ives?"], "and in Port Ada?", "How many died in Port Ada?"),
        (["What did Brandt say?"], "And about the wall?", "What did Brandt say about the wall?"),
        (["What did Chile say about the drills?"], "What about the U.S.?", "What did the U.S. say about the drills?"),
        (["What did Tom Reeves say?"], "And Ada Brandt?", "What did Ada Brandt say?"),
        (["What did Tom Reeves say?"], "What about Seoul?", "What did Tom Reeves say (about Seoul)?"),
        (["How much is the toll for lorries?"], "And for cars?", "How much is the toll for cars?"),
        (["How much is the toll for lorries?"], "what about cars?", "How much is the toll for cars?"),
        (["what did marlow say?"], "what about oduya?", "what did marlow say (about oduya)?"),
        (["How many people had to leave the valley?"], "what about animals", None),
        (["What is the bail?"], "and the mayor, what will she do", "what will the mayor do"),
        (["Who says this?"], "and what about court, when is it over", "when is court over"),
        (["How much is the toll?"], "for lorries?", "How much is the toll for lorries?"),
        (["How many people died in Calder?"], "In Port Ada", "How many people died in Port Ada?"),
        # a topic that is announced
        ([MET], "Talking about the pier, who asked for it?", "who asked for the pier?"),
        ([MET], "going back to the pier, what is its length?", "what is the pier's length?"),
        ([MET], "Speaking of ferries, who owns the ferry?", "who owns the ferry?"),
        ([MET], "As for the pier, what will building cost?", "what will building cost (about the pier)?"),
        # other ways to ask anew
        (["Who scored the winner?"], "which others?", "Which others scored the winner?"),
        (["Who is against the new rule?"], "why?", "Why are they against the new rule?"),
        (["Which minister did the dog save?"], "when was it", "When did the dog save the minister?"),
        (["How many people had to leave?"], "why?", "Why was it that people had to leave?"),
        (["How long did Brandt and Marlow not talk?"], "because of what", "Why did Brandt and Marlow not talk?"),
        (["How many people are dead in the valley?"], "who are they", "Which people are dead in the valley?"),
        (["How much did the mp claim for the goat?"], "what is it called", "what is the goat called"),
        (["How many cars does the ferry take?"], "and lorries?", "How many lorries does the ferry take?"),
        (["Was anybody hurt?"], "who were they?", "Who was hurt?"),
        (["Did anyone warn the port?"], "who?", "Who did warn the port?"),
        (["How high is the toll?", "and the refit?"], "When was that?", "When was that (about the refit)?"),
        # a preposition that ends the question keeps something behind it
        (["Where is Ada Brandt from?"], "When?", "When is Ada Brandt from there?"),
        (["Where did the ferry sail to?"], "And when was that?", "When did the ferry sail there?"),
        (["Where did the ferry sail from?"], "Why?", "Why did the ferry sail from there?"),
        (["Who did Marlow meet with?"], "When?", "When did Marlow meet with them?"),
        (["What did Ada Brandt vote for?"], "how often", "How often did Ada Brandt vote for it?"),
        (["Where did the ferry sail from?"], "which port?", "Which port did the ferry sail from?"),
        ([MET], "who with?", "With whom did Marlow and Oduya meet?"),
        (["Did the ferry sail?"], "and where to?", "To where did the ferry sail?"),
        (["Did anybody warn them?"], "what about?", "About what did anybody warn them?"),
        # "it" is one thing, and "there are" no place
        (["What are the rooms for?"], "Is it the same for earthquakes?", None),
        (["What did Marlow say in Port Ada?"], "There certainly are many old quays and cranes.", None),
        (["How long is the pier?"], "what kind of pier is it?", None),
        (
            ["What is the difference between Port Ada and MX?"],
            "which is bigger?",
            "which is bigger (about Port Ada and MX)?",
        ),
        (["Who owns the flood gate? I saw the old canal."], "How old is it?", "How old is the flood gate?"),
        (["Is there a flu vaccine?"], "Is there a vaccine for mumps?", None),
        (["Who runs the Calder Bank?"], "Calder", None),
        # a group, not the person named after it
        (["What did the strikers want?", WHO_IS], "What did they do?", "What did the strikers do?"),
        (
            ["How many residents left?", "What did Tom Reeves say?"],
            "Where do they live?",
            "Where do the residents live?",
        ),
        (["What do the unions want from Tom Reeves?"], "When do they meet?", "When do the unions meet?"),
        (["Who are the brothers?"], "Who found them?", "Who found the brothers?"),
        (["What did the farmers say?"], "When will they get it?", "When will the farmers get it?"),
        # a short name of a thing, completed
        (["What is Data Harbour?", "What does Harbour cost?"], "Is it free?", "Is Data Harbour free?"),
        # asides, tags, remarks
        ([WHO_IS], "By the way, what did she say?", "what did Ada Kessler-Brandt say?"),
        ([WHO_IS], "She resigned, right?", "Ada Kessler-Brandt resigned?"),
        ([WHO_IS], "That is too bad. Did she resign?", "Did Ada Kessler-Brandt resign?"),
        ([WHO_IS], "Can you tell me when she resigned?", "when Ada Kessler-Brandt resigned?"),
        ([EXERCISE], "One last thing, who won the cup final?", "who won the cup final?"),
        # corrections
        (["How can I buy tickets?"], "I meant for the cup final", "How can I buy tickets for the cup final?"),
        (
            ["Is there a limit on the file size?"],
            "Not files, I was asking for attachments?",
            "Is there a limit on attachments?",
        ),
        (["How high is the toll?", "what about lorries"], "When?", "When was that (about lorries)?"),
        # what leaves its topic open
        (["Who won the cup final?"], "What was the score?", "What was the score (about the cup final)?"),
        (["How strong was the storm?"], "Any injuries?", "Any injuries (about the storm)?"),
        (["How strong was the storm?"], "How many victims?", "How many victims (about the storm)?"),
        (["How strong was the storm?"], "Are there other reasons?", "Are there other reasons (about the storm)?"),
    ],
)
def test_what_is_left_unsaid_is_borrowed(history, question, expected):
    assert rewrite(question, history) == expected


@pytest.mark.parametrize(
    ("history", "question"),
    [
        ([], "Why?"),
        (["", "  ", "?!"], "Why?"),
        (["Why?"], "And when?"),
        ([DENIAL], "Who is the secretary of state of Chile?"),
        ([DENIAL], "When will the tabletop exercise take place?"),
        ([DENIAL], "What did Ada Brandt say about her brother?"),
        ([DENIAL], "How do companies hire their workers?"),
        ([DENIAL], "What happens to the ferries when they sink?"),
        ([DENIAL], "Is it safe to swim in the bay?"),
        ([DENIAL], "Is there a ferry to Calais?"),
        ([DENIAL], "Who says that the tolls will rise?"),
        ([DENIAL], "What is photosynthesis?"),
        ([DENIAL], "thanks"),
        ([DENIAL], "the of"),
        ([DENIAL], ""),
        ([DENIAL], "What about the ferry accident of last year and its costs?"),
        ([DENIAL], "harbour drills"),
        (["How high is the toll?"], "What about lorries?"),
        (["How many pupils can I enrol?"], "What about Hebrew?"),
        (["What else did Tom Reeves say?"], "And the lawyer?"),
        (["What is American Football?"], "Is basketball popular in America?"),
        (["What are the aims of the Deep Impact Extended Mission?"], "Who runs the Deep Impact mission?"),
        ([DENIAL], "Can I not use the 1040NR-EZ?"),
        ([DENIAL], "Is it necessary to have a will?"),
        (["Who is Tom Reeves?", "How many people drowned?"], "Were they old?"),
        (["Who is Ada Brandt?"], "Who is Ada Brandt?"),
        (["How strong was the storm?"], "How strong was the storm?"),
        (["What is it?"], "Was it expensive?"),
        ([f"{DENIAL} {'x' * 500}"], "Why?"),
    ],
)
def test_a_question_that_stands_alone_is_left_alone(history, question):
    assert rewrite(question, history) is None


def test_each_turn_is_read_with_those_before_it():
    history = ["Who is Ada Brandt?", "What did she announce?", "Why?"]
    assert rewrite("And when did she do it?", history) == "And when did Ada Brandt do it?"
    assert rewrite("Where?", history[:2]) == "Where did Ada Brandt announce?"
    assert rewrite("Who joins it?", [EXERCISE, "How much will it cost?"]) == "Who joins the tabletop exercise?"


def test_who_was_meant_by_she_is_not_meant_by_he():
    history = ["Did Ada Brandt meet Tom Reeves?", "What did she say?", "Where do Ada Brandt and Tom Reeves live?"]
    assert rewrite("What did she do?", history) == "What did Ada Brandt do?"
    assert rewrite("What did he do?", history) == "What did Tom Reeves do?"


def test_a_remark_before_the_question_is_not_rewritten():
    assert rewrite("I knew it. Who won the cup final?", [DENIAL]) is None


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("This whole thing is a shame. How many people drowned that night?", None),
        (
            "I love the sea. How many ferries sank near Calder last year?",
            "How many ferries sank near Calder last year?",
        ),
        ("I come from Calder. How many ferries sank last year?", None),
        ("I saw the new pier. How long did building it take?", None),
        ("I saw the pier. Who paid?", None),
        ("What did Prof. Ada Brandt say about the pier?", None),
        ("Can she swim. How many ferries sank near Calder last year?", None),
    ],
)
def test_a_remark_is_left_out_where_the_question_can_do_without(message, question):
    assert strip_courtesy(message) == (question or message)


def test_names_of_the_article_are_known_in_small_letters():
    history = ["did they ask about kessler?"]
    assert rewrite("what did she say?", history, names=["Ada Kessler"]) == "what did kessler say?"
    assert rewrite("what did she say?", history) is None


def test_what_was_asked_long_ago_is_forgotten():
    history = [WHO_IS, *(f"What is the toll on bridge {number}?" for number in range(8))]
    assert rewrite("What did she say?", history) is None


WORDS = [
    *(
        "Who",
        "what",
        "Kim",
        "Brandt",
        "did",
        "say",
        "about",
        "it",
        "they",
        "the",
        "cup",
        "and",
        "that",
        "there",
        "is",
        "Why",
    ),
    *("how", "many", "her", "his", "U.S.", "?", ",", ".", "of", "for", "exercises", "others", "mayor", "'s", "happen"),
]
lines = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=10).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(lines, st.lists(lines, max_size=5), st.lists(lines, max_size=2))
def test_any_text_is_taken(question, history, names):
    rewritten = rewrite(question, history, names)
    assert rewritten is None or (rewritten.strip() and rewritten != question)
    assert rewrite(question, history, names) == rewritten
