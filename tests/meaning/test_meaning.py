"""The models: what they read, that they say the same each time, and what they are worth on plain cases."""

import json

import pytest

from index.errors import ModelError
from index.meaning import runtime
from index.meaning.encoder import SIZE, measure_similarity
from index.meaning.judge import AFTER, BEFORE, LONGEST, QUESTION, SENTENCE, join_pieces

STORY = (
    "Harbour master Ida Holm, 41, was dismissed on Friday.",
    "The attorney of the port, Olaf Brand, gave no reason.",
    "Ferries to the islands run again from Monday.",
)


def test_the_same_text_has_the_same_vector(meaning):
    one = meaning.encoder.encode_sentence(STORY[0])
    assert len(one) == SIZE
    assert one == meaning.encoder.encode_sentence(STORY[0])
    assert one != meaning.encoder.encode_question(STORY[0])
    assert meaning.encoder.encode_sentence("?! ?!") == meaning.encoder.encode_sentence("") == bytes(SIZE)
    assert len(meaning.encoder.encode_sentence("word " * 5000)) == SIZE


@pytest.mark.parametrize(("question", "nearest"), [("why was the harbour boss fired", 0), ("when do boats go", 2)])
def test_other_words_for_the_same_are_near(meaning, question, nearest):
    vectors = [meaning.encoder.encode_sentence(text) for text in STORY]
    found = measure_similarity(meaning.encoder.encode_question(question), vectors)
    assert max(range(3), key=found.__getitem__) == nearest


def test_similarity_is_the_cosine_whatever_else_is_compared():
    one, other, third = bytes([1, 2, 250, 0]), bytes([3, 0, 1, 5]), bytes([9, 9, 9, 9])
    padded = [value + bytes(SIZE - 4) for value in (one, other, third)]
    alone = measure_similarity(padded[0], [padded[1]])
    assert alone == measure_similarity(padded[0], padded[1:])[:1]
    assert alone[0] == pytest.approx((1 * 3 + 2 * 0 + -6 * 1) / (41 * 35) ** 0.5, abs=1e-5)
    assert measure_similarity(padded[0], [bytes(SIZE)]) == [0.0]


@pytest.mark.parametrize(
    "texts", [("q", "", "s", ""), ("q", "b " * 99, "s " * 9, "a " * 99), ("q " * 99, "b", "s " * 99, "a")]
)
def test_the_judge_reads_no_more_than_it_may_and_knows_the_sentence(texts):
    pieces, types = join_pieces(*texts)
    assert len(pieces) == len(types) <= max(LONGEST, QUESTION + SENTENCE + 3)
    asked, stated = (min(len(text.split()), limit) for text, limit in ((texts[0], QUESTION), (texts[2], SENTENCE)))
    assert types.count(1) == stated
    first = types.index(1)
    assert pieces[asked + 1] == pieces[-1] == 102
    assert first - asked - 2 <= BEFORE
    assert len(pieces) - first - stated - 1 <= AFTER


def test_the_judge_sees_the_end_of_what_is_before_and_the_beginning_of_what_is_after():
    first, last = runtime.split_pieces("alpha", 1), runtime.split_pieces("omega", 1)
    pieces, types = join_pieces("who", "word " * 40 + "omega", "it", "alpha" + " word" * 40)
    at = types.index(1)
    assert pieces[at - 1 : at] == last
    assert pieces[at + 1 : at + 2] == first


def test_the_judge_tells_what_answers_from_what_repeats(meaning):
    def weigh(question, at):
        before = STORY[at - 1] if at else ""
        after = STORY[at + 1] if at + 1 < len(STORY) else ""
        return meaning.judge.weigh(question, before, STORY[at], after)

    assert weigh("how old is ida holm", 0) > weigh("how old is ida holm", 1)
    assert weigh("when do the ferries run again", 2) > weigh("what do the ferries cost", 2)
    assert weigh("how old is ida holm", 0) == weigh("how old is ida holm", 0)


def test_words_that_mean_nearly_the_same_are_named(meaning):
    words = {"attorney", "port", "Olaf", "Brand", "reason"}
    match = meaning.encoder.match_words
    assert match("who is the lawyer", {"lawyer"}, STORY[1], words) == [("lawyer", "attorney")]
    assert match("who is the lawyer", {"lawyer"}, STORY[1], words - {"attorney"}) == []
    assert match("who is the lawyer", set(), STORY[1], words) == []


def test_a_damaged_or_missing_model_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "FOLDER", tmp_path)
    with pytest.raises(ModelError, match=r"judge\.onnx cannot be read.*PULLQUOTE_MEANING=off"):
        runtime.read_model("judge.onnx")
    (tmp_path / "judge.onnx").write_bytes(b"other")
    (tmp_path / "models.json").write_text(json.dumps({"files": {"judge.onnx": "0" * 64}}))
    with pytest.raises(ModelError, match="damaged"):
        runtime.read_model("judge.onnx")


def test_the_models_are_those_that_are_pinned_and_small():
    folder = runtime.FOLDER
    pinned = json.loads((folder / "models.json").read_text())
    assert {path.name for path in folder.iterdir()} == {*pinned["files"], *pinned["licences"].values(), "models.json"}
    for name in pinned["files"]:
        assert runtime.read_model(name)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 60e6
    assert (folder / "judge.onnx").stat().st_size < 25e6
