"""The JSON Schema describes all that is said in JSON: replies of every kind, digests, hits, findings, articles."""

import copy
import json
import re

import jsonschema
import pytest

from bot.conversation.checking import SavedRecord, check_record, finding_to_dict
from bot.conversation.originals import Originals
from bot.pages.render import hit_to_dict
from bot.web.asking import KINDS
from index import Filter, open_index
from index.digest import digest_to_dict
from index.forms.serial import article_to_dict, reply_to_dict
from index.schema import load_schema
from index.verdicts import UnreadArticle
from tests.support.paths import ROOT
from tests.support.replies import VINEYARD, article, citation, passage, reply

SCHEMA = load_schema()


def close(schema):
    """Return the schema with no key admitted that it does not describe."""
    schema = copy.deepcopy(schema)
    card = schema["$defs"]["card"]
    for part in schema["$defs"].values():
        if part.pop("allOf", None):
            part["properties"] |= card["properties"] | {"file": {}, "replaced": {}}

    def close_each(part):
        if isinstance(part, dict):
            if "properties" in part and part.get("type") == "object":
                part["additionalProperties"] = False
            for each in part.values():
                close_each(each)
        elif isinstance(part, list):
            for each in part:
                close_each(each)

    close_each(schema["$defs"])
    return schema


def fits(form, name):
    for schema in (SCHEMA, close(SCHEMA)):
        part = {"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}
        jsonschema.Draft202012Validator(part).validate(json.loads(json.dumps(form)))
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(form)))


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("question", "verdict", "history"),
    [
        ("Who blamed a worn cable?", "answered", ()),
        ("What did she blame?", "answered", ("Who is Lena Brandt?",)),
        ("How old is the crane?", "related", ()),
        ("What is the recipe for kimchi?", "refused", ()),
        ("Wer war das?", "refused", ()),
        ("", "refused", ()),
        ("x" * 3000, "refused", ()),
        ("thanks!", "refused", ()),
    ],
)
def test_replies_of_all_kinds_fit(index, question, verdict, history):
    for explain in (False, True):
        form = reply_to_dict(index.ask(question, history, explain=explain))
        fits(form, "reply")
        assert form["verdict"] == verdict


def test_replies_with_all_that_there_can_be_fit():
    noted = citation(notes=({"start": 101, "end": 104, "date": "2024-01"},), url="https://example.org/a")
    fits(reply_to_dict(reply(unread=(UnreadArticle("a1b2c3", "A story"),), understood="Who?")), "reply")
    full = reply_to_dict(reply(passages=(passage(noted),)))
    fits(full, "reply")
    assert full["passages"][0]["citations"][0]["notes"]


def test_digests_of_all_kinds_fit(index):
    key = next(index.articles()).id
    filled = 0
    for kind in KINDS:
        form = digest_to_dict(index.digest(kind, key))
        fits(form, "digest")
        filled += bool(form["facts"] or form["entries"])
    assert filled > 3


def test_hits_articles_and_findings_fit(index):
    for hit in index.search("crane quay"):
        fits(hit_to_dict(hit, index.article(hit.passage.article_id).card), "hit")
    for card in index.articles():
        fits(article_to_dict(index.article(card.id)), "article")
    saved = reply_to_dict(index.ask("Who blamed a worn cable?"))
    forged = json.loads(json.dumps(saved).replace("worn cable", "rotten rope"))
    for number, value in enumerate((saved, forged, {"a": 1}, 3), 1):
        record = SavedRecord(number, value)
        findings = check_record(record, Originals(index))
        assert findings
        for finding in findings:
            fits(finding_to_dict(finding, record), "finding")
    with open_index() as other:
        changed = article(VINEYARD.replace("The province will decide", "The province soon decides"), "v.txt")
        other.add(changed)
        gone = reply_to_dict(index.ask("How much did the frost ruin?", (), Filter(sources=("vineyard",))))
        gone["passages"][0]["article"]["source"] = "v.txt"
        record = SavedRecord(1, gone)
        found = [finding_to_dict(each, record) for each in check_record(record, Originals(other))]
    for form in found:
        fits(form, "finding")
    assert any(form["offered"] for form in found)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda form: form.update(format=2), "format"),
        (lambda form: form.update(verdict="maybe"), "verdict"),
        (lambda form: form.update(verdict="refused"), "passages"),
        (lambda form: form.update(passages=[]), "passages"),
        (lambda form: form.update(confidence=1.5), "confidence"),
        (lambda form: form["passages"][0]["citations"][0].update(start=-1), "start"),
        (lambda form: form["passages"][0]["article"].update(sha256="x"), "sha256"),
        (lambda form: form.pop("reason"), ""),
    ],
)
def test_what_is_no_reply_does_not_fit(index, change, path):
    form = reply_to_dict(index.ask("Who blamed a worn cable?"))
    change(form)
    with pytest.raises(jsonschema.ValidationError) as told:
        jsonschema.Draft202012Validator({"$ref": "#/$defs/reply", "$defs": SCHEMA["$defs"]}).validate(form)
    assert (str(told.value.absolute_path[-1]) if told.value.absolute_path else "") == path


def test_the_readme_leads_to_it():
    links = re.findall(r"\]\((index/schema/[\w.]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert links
    assert all((ROOT / link).is_file() for link in links)
