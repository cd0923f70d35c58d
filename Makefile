# Every target installs what it needs: a fresh machine needs only Python 3.11 or later and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PULLQUOTE := $(BIN)/pullquote
EXTRAS ?=
COMMA := ,
SEEDS := $(addprefix --from ,$(wildcard seeds))

# Most of this code runs only against a real cluster, so `make test` leaves it out of its figure. The data in .coverage
# are of all code: .ci/cluster adds its own to them and holds the same threshold over everything.
CLUSTER_CODE := */cluster/*,*/cluster.py

.PHONY: install chat ask telegram serve test check bench bench-check soak mutants train dist clean

$(VENV)/.run: pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Pullquote needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || { echo "Setting up (once) ..." >&2; $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c .ci/constraints.txt -e '.[meaning,serve]' >&2
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c .ci/constraints.txt -e '.[aws,cluster,mcp,meaning,serve,plot,dev]' >&2
	@touch $@

install: $(VENV)/.run ## the command in .venv/bin, with more extras: make install EXTRAS=cluster,plot
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c .ci/constraints.txt -e '.[meaning$(addprefix $(COMMA),$(EXTRAS))]' >&2

chat: $(VENV)/.run ## open the console on the articles of seeds/
	@$(PULLQUOTE) chat $(SEEDS)

# Q reaches the command through the environment and is never expanded, so quotes, $ and backticks arrive unchanged.
unexport Q
ask: export QUESTION = $(value Q)
ask: $(VENV)/.run ## print one answer: make ask Q="Who denied the talks?"
	@$(PULLQUOTE) ask $(SEEDS) -- "$$QUESTION" || test $$? -eq 1

telegram: $(VENV)/.run ## run the Telegram bot
	@$(PULLQUOTE) telegram --seed seeds

serve: $(VENV)/.run ## serve the library over HTTP on this machine
	@$(PULLQUOTE) serve

test: $(VENV)/.dev ## format, lint, types, tests
	@$(BIN)/ruff format --check bot index tests
	@$(BIN)/ruff check bot index tests
	@$(BIN)/mypy --strict bot index
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not check and not cluster and not soak" --cov --cov-report=
	@$(BIN)/coverage report --skip-covered --fail-under=95 --omit='$(CLUSTER_CODE)'

check: $(VENV)/.dev ## everything else: peers, browser, cluster, faults
	@.ci/check

train: $(VENV)/.dev ## train the sentence rules, the evidence models and the judge on ../shared/eval: three hours
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c .ci/constraints.txt -e '.[train]' >&2
	@$(BIN)/python -m tests.train.train_punkt
	@$(BIN)/python -m tests.train.train_evidence
	@$(BIN)/python -m tests.train.train_languages
	@$(BIN)/python -m tests.train.train_judge
	@$(BIN)/python -m tests.train.train_by_meaning

# The retriever of LlamaIndex asks for PyStemmer before 3 and does as well with 3, which ours needs.
# pip 23 fails on two that ask for one extra of lxml under its two spellings.
$(VENV)/.bench: $(VENV)/.dev
	@$(BIN)/python -m pip install -qq --disable-pip-version-check 'pip>=24'
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c .ci/constraints.txt -e '.[bench]' >&2
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps 'llama-index-retrievers-bm25>=0.8' >&2
	@touch $@

bench: $(VENV)/.bench ## speed beside peers, in one run of hours: make bench WITH="--million" (index/MEASURED.md)
	@$(BIN)/python -m tests.bench $(WITH)

bench-check: $(VENV)/.dev ## instructions of five fixed jobs, against those that were written down; needs valgrind
	@$(BIN)/python -m tests.bench.instructions

soak: $(VENV)/.dev ## each promise as often as SOAK_SECONDS allow (6 hours), or PROMISES="P1 P5"; after `make check`
	@$(BIN)/python -m tests.soak $(PROMISES)

mutants: $(VENV)/.dev ## small changes to the source that tests must notice, for MUTANTS_SECONDS (600), or PARTS="core guard"
	@nice -n 19 $(BIN)/python -m tests.mutants $(PARTS)

dist: $(VENV)/.run ## the wheel and its bill of materials, in dist/
	@.ci/dist

clean: ## remove what the targets made
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage
