"""A conversation's memory: whom and what the questions before were about."""

from index.asking.conversation import Conversation


def talk(*questions, known=frozenset()):
    conversation = Conversation(known)
    for question in questions:
        conversation.add(question, None)
    return conversation


def test_the_person_of_the_latest_turn_is_meant_and_stays_he_or_she():
    conversation = talk("What did Yoon Suk Yeol say?", "What did Kim Eun-hye deny?")
    assert conversation.find_person("she") == "Kim Eun-hye"
    assert conversation.find_person("he") == "Yoon Suk Yeol", "Kim is a woman from here on"
    assert [phrase.text for phrase in conversation.borrowed] == ["Kim Eun-hye", "Yoon Suk Yeol"]


def test_who_did_something_is_known_by_the_deed():
    assert talk("Who founded the band?").find_person("he") == "the one who founded the band"


def test_nobody_and_nothing_is_meant_at_first():
    conversation = talk()
    assert conversation.find_person("she") is None
    assert conversation.find_place() is None
    assert conversation.find_topic() is None


def test_a_place_follows_in_or_at():
    assert talk("What did Kim say?", "What happened in Calder?").find_place() == "Calder"
    assert talk("What did Kim say?").find_place() is None


def test_a_part_of_a_name_stands_for_the_whole():
    conversation = talk("What did Kim Eun-hye deny?")
    later = Conversation(frozenset())
    later.add("What else did Kim say?", None)
    (part,) = [phrase for phrase in later.phrases[0] if phrase.named]
    assert conversation.find_whole_name(part) == "Kim Eun-hye"
    assert later.find_whole_name(part) is None, "nobody gave the name in full"


def test_the_topic_is_a_thing_unless_persons_are_asked_for():
    conversation = talk("What did Kim Eun-hye say about the joint exercises?")
    assert conversation.find_topic().text == "the joint exercises"
    assert conversation.find_topic(persons=True) is not None
    assert conversation.find_topic(several=True).plural


def test_what_was_borrowed_belongs_to_the_turn():
    conversation = talk("What did Kim Eun-hye deny?")
    conversation.find_person("she")
    conversation.add("Where is her office?", "Where is Kim Eun-hye's office?")
    assert conversation.turns[-1] == "Where is Kim Eun-hye's office"
    assert "Kim Eun-hye" in [phrase.text for phrase in conversation.phrases[-1]]
