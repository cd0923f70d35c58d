"""BM25's one formula, against figures worked out by hand from the papers that the docstrings name."""

from math import inf, log

import pytest

from index.language.bm25 import K1, B, idf, length_norm


def test_the_parameters_are_those_of_the_contract():
    assert (K1, B) == (1.2, 0.75)


def test_a_rarer_term_weighs_more_and_none_weighs_less_than_nothing():
    weights = [idf(100, holding) for holding in range(101)]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] > 0
    assert idf(1, 1) == pytest.approx(log(4 / 3))
    assert idf(2, 1) == pytest.approx(log(2))
    assert idf(0, 0) == pytest.approx(log(2)), "an empty library has weights too"


def test_a_text_of_average_length_adds_k1():
    assert length_norm(20, 20.0) == pytest.approx(K1)
    assert length_norm(0, 20.0) == pytest.approx(K1 * (1 - B))
    assert length_norm(40, 20.0) > length_norm(20, 20.0)
    assert length_norm(5, inf) == pytest.approx(K1 * (1 - B))
