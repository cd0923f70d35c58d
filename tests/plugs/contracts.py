"""The retrievers with the frameworks that they are for, run by `test_retrievers.py` beside those.

Nothing may leave this machine meanwhile: a connection to another fails the test that makes it.
"""

import re
import socket
from datetime import datetime

import pytest
from haystack import Pipeline
from langchain_core.documents import Document
from langchain_tests.integration_tests import RetrieversIntegrationTests
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode, get_response_synthesizer

from index import Article, open_index
from index.model import Metadata
from index.plugs.haystack import PullquoteBM25Retriever
from index.plugs.langchain import PullquoteRetriever
from index.plugs.llama_index import PullquoteIndexRetriever
from tests.support.paths import ROOT

TEXT = "\n\n".join(f"Crew {at} found a seal on quay {at}. Keeper {at} fed it. Tide {at} came in." for at in range(1, 6))
PAGE = "https://news.example/seals"


@pytest.fixture(autouse=True)
def _loopback_alone(monkeypatch):
    def refuse(_, address):
        pytest.fail(f"a connection to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **_: pytest.fail(f"a look-up of {asked}"))


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A library on disk with one article that has a page of its own."""
    place = f"disk:{tmp_path_factory.mktemp('library')}"
    known = Metadata(title="Seals", published=datetime(2024, 5, 1), url=PAGE)
    with open_index(place) as index:
        index.add(Article.from_text(TEXT, known, source="seals.txt"))
    return place


def check_passage(text, metadata):
    """Compare a passage with the article that it names."""
    start, end = metadata["start"], metadata["end"]
    article = Article.from_text(TEXT)
    assert (article.text[start:end], metadata["sha256"]) == (text, article.sha256)
    first, last = metadata["sentences"]
    assert (article.sentences[first - 1].start, article.sentences[last - 1].end) == (start, end)
    assert metadata["citation"].startswith(f"“{text.split()[0]}")
    assert metadata["link"].startswith(f"{PAGE}#:~:text=")


def test_haystack_runs_the_retriever_in_a_pipeline_that_was_saved_and_loaded(address):
    pipeline = Pipeline()
    pipeline.add_component("retriever", PullquoteBM25Retriever(address, top_k=2))
    again = Pipeline.loads(pipeline.dumps(), allowed_modules=["index.plugs.haystack"])
    documents = again.run({"retriever": {"query": "seal crew"}})["retriever"]["documents"]
    assert len(documents) == 2
    assert documents[0].score >= documents[1].score > 0
    for each in documents:
        check_passage(each.content, each.meta)
    assert len(again.run({"retriever": {"query": "seal", "top_k": 1}})["retriever"]["documents"]) == 1
    assert again.run({"retriever": {"query": "kimchi"}})["retriever"]["documents"] == []
    again.get_component("retriever").close()


def test_haystack_is_not_given_the_login():
    from index.engines import Login

    form = PullquoteBM25Retriever("opensearch://h:9200/a", login=Login("admin", "a password")).to_dict()
    assert "a password" not in str(form)
    assert form["init_parameters"] == {"address": "opensearch://h:9200/a", "top_k": 10, "collections": None}


class TestLangChain(RetrieversIntegrationTests):
    """What LangChain asks of every retriever."""

    @pytest.fixture(autouse=True)
    def _library(self, address):
        self.address = address

    @property
    def retriever_constructor(self):
        return PullquoteRetriever

    @property
    def retriever_constructor_params(self):
        return {"address": self.address}

    @property
    def retriever_query_example(self):
        return "seal crew"


def test_langchain_gets_documents_with_what_proves_them(address):
    from index.engines import Login

    retriever = PullquoteRetriever(address=address, k=2, login=Login("admin", "a password"))
    assert "a password" not in f"{retriever!r}{retriever.model_dump()}"
    documents = retriever.invoke("seal crew")
    assert [type(each) for each in documents] == [Document, Document]
    for each in documents:
        check_passage(each.page_content, each.metadata)
        assert each.metadata["score"] > 0
    assert retriever.invoke("kimchi") == []
    retriever.close()


def test_llama_index_gets_nodes_and_answers_from_them(address):
    retriever = PullquoteIndexRetriever(address, similarity_top_k=2)
    nodes = retriever.retrieve("seal crew")
    assert len(nodes) == 2
    for each in nodes:
        check_passage(each.node.text, each.node.metadata)
        assert each.node.get_content("llm").count(each.node.text) == 1
        assert each.node.metadata["sha256"] not in each.node.get_content("llm")
    synthesizer = get_response_synthesizer(llm=MockLLM(), response_mode=ResponseMode.COMPACT)
    told = RetrieverQueryEngine(retriever, synthesizer).query("seal crew")
    assert [each.node.id_ for each in told.source_nodes] == [each.node.id_ for each in nodes]
    assert retriever.retrieve("kimchi") == []
    retriever.close()


def test_the_examples_run_as_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "index" / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out.count("212 people to safety, most of them by boat, said Chief Fire Officer") >= 6
