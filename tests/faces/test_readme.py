"""README.md tells what is so: sessions as they print, the table of verbs, Python that runs.

`python -m tests.faces.test_readme` writes the sessions and the table anew.
"""

import re
import shlex
import tempfile

import pytest

from bot.cli import VERBS, cli
from bot.conversation.commands import Face, list_commands
from tests.support.paths import ROOT
from tests.support.terminal import Terminal

README = ROOT / "README.md"
SESSION = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
TABLE = re.compile(r"(?<=\|---\|---\|\n)(?:\|.*\n)*")


def printed(command, home):
    """Return what the command prints on a plain terminal of 100 columns."""
    name, *arguments = shlex.split(command)
    assert name == "pullquote"
    library = {"XDG_DATA_HOME": str(home), "PULLQUOTE_INDEX": "", "PULLQUOTE_MEANING": "on"}
    terminal = Terminal(ROOT, *arguments, columns=100, TERM="dumb", HOME=str(home), **library)
    terminal.ends()
    terminal.close()
    seen = terminal.seen.replace("\r\n", "\n")
    assert not seen.startswith("pullquote: "), f"{command} fails: {seen}"
    return seen


def session(block, home):
    """Return the block with each command followed by what it prints."""
    commands = re.findall(r"^\$ (.*)$", block, re.MULTILINE)
    assert commands
    return "\n".join(f"$ {command}\n{printed(command, home)}" for command in commands)


def table():
    """Return the rows of the table of verbs."""
    return "".join(f"| `{name}` | {VERBS[name].short_help} |\n" for name in cli.list_commands(None))


def test_the_sessions_print_what_readme_says(tmp_path):
    blocks = SESSION.findall(README.read_text(encoding="utf-8"))
    assert len(blocks) > 1
    for block in blocks:
        assert block == session(block, tmp_path)


def test_the_table_lists_the_verbs():
    assert TABLE.search(README.read_text(encoding="utf-8"))[0] == table()


def commands():
    """Return the rows of the table of console commands."""
    rows = ((f"/{item.name} {item.argument}".strip(), item.help) for item in list_commands(Face.CONSOLE))
    return "".join(f"| `{name}` | {words} |\n" for name, words in rows)


def test_the_table_lists_the_commands():
    assert commands() in (ROOT / "bot" / "README.md").read_text(encoding="utf-8")


def test_the_commands_that_only_telegram_has_are_named():
    words = (ROOT / "bot" / "README.md").read_text(encoding="utf-8").replace("\n", " ")
    only = [item.name for item in list_commands(Face.TELEGRAM) if Face.CONSOLE not in item.faces]
    assert only
    named = re.search(r"those of the console \(without `/quit`\), and ((?:`/\w+`(?:, |\.))+)", words)
    assert sorted(re.findall(r"/(\w+)", named[1])) == sorted(only)


def test_python_runs_as_written(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    assert "212 people" in capsys.readouterr().out


PAGES = ["README.md", "bot/README.md", "index/README.md", "index/MEASURED.md", "CHANGELOG.md"]


@pytest.mark.parametrize("name", [*PAGES, "bot/OPERATING.md"])
def test_links_lead_somewhere(name):
    page = ROOT / name
    links = re.findall(r"\]\(([^)#:]*)(#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert links or name == "CHANGELOG.md"
    for link, anchor in links:
        target = page.parent / link if link else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), f"{link}{anchor}"


def anchors(page):
    """Return what a link may name in a page: GitHub's form of its headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    words = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {"#" + re.sub(r"[^\w\s-]", "", each).replace(" ", "-") for each in words}


NAMED = re.compile(r"`([\w./-]+(?:/|\.(?:py|json|txt|md|svg|css)))`")
FOLDER = re.compile(r"^#+ .*\]\(([\w/]+)\)")


def named(page):
    """Yield each file and folder that a page names, with the folder that the heading above it links to."""
    folder = page.parent
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            linked = FOLDER.match(line)
            folder = page.parent / linked[1] if linked else page.parent
        for name in NAMED.findall(line):
            yield name, folder
        for module in re.findall(r"python -m ((?:tests|index|bot)[\w.]*)", line):
            path = module.replace(".", "/")
            yield path if (ROOT / path / "__main__.py").exists() else f"{path}.py", ROOT
        for path in re.findall(r"\btests/[\w./]+", line):
            yield path.rstrip("."), ROOT


@pytest.mark.parametrize("name", PAGES)
def test_files_that_are_named_exist(name):
    page = ROOT / name
    known = {path.name for package in ("index", "bot") for path in (ROOT / package).rglob("*")}
    found = list(named(page))
    assert len(found) > 10 or page.parent == ROOT
    for path, folder in found:
        assert path in known or any((base / path).exists() for base in (folder, page.parent, ROOT)), path


@pytest.mark.parametrize("package", ["index", "bot"])
def test_every_module_stands_in_the_architecture(package):
    """Those of a folder under the heading that links to it; a folder inside may be described as one."""
    told = {(folder / path).resolve() for path, folder in named(ROOT / package / "README.md")}
    headings = filter(None, map(FOLDER.match, (ROOT / package / "README.md").read_text("utf-8").splitlines()))
    folders = [ROOT / package / heading[1] for heading in headings]
    assert len(folders) > 5
    for folder in folders:
        modules = {path.resolve() for path in folder.glob("*.py") if path.name != "__init__.py"}
        assert modules <= told, folder


def test_every_make_target_of_readme_exists():
    text = README.read_text(encoding="utf-8")
    targets = set(re.findall(r"^    make (\w+)", text, re.MULTILINE))
    known = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"chat", "ask", "test", "check"} <= targets <= known


if __name__ == "__main__":
    whole = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as home:
        whole = SESSION.sub(lambda match: session(match[0], home), whole)
    README.write_text(TABLE.sub(lambda _: table(), whole, count=1), encoding="utf-8")
    page = ROOT / "bot" / "README.md"
    whole = re.sub(
        r"(?<=\| Command \| \|\n\|---\|---\|\n)(?:\|.*\n)*", lambda _: commands(), page.read_text(encoding="utf-8")
    )
    page.write_text(whole, encoding="utf-8")
