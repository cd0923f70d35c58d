"""The container: what a build may see, what compose.yaml promises, and the image where something can build it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
import yaml

from bot.settings import load
from bot.web.server import read_listen
from index.engines.cluster.location import parse_location
from tests.support.counts import lack_tool
from tests.support.paths import ROOT
from tests.support.source import tracked

TOKEN = "desk/ask/default/a-token-of-nobody-in-particular"
MADE_UP = {
    "": (
        ".env .env.local config.env telegram.sqlite telegram.sqlite-wal root-ca.pem id_rsa notes.txt backup.jsonl "
        ".git/config .venv/lib/python3.12/site.py .config/pullquote/config.env library/articles.sqlite "
        "data/pullquote/library/articles.sqlite build/lib/cli.py dist/pullquote-0.2.0-py3-none-any.whl"
    ),
    "bot": ".env prod.env telegram.sqlite library/articles.sqlite server.key __pycache__/cli.cpython-312.pyc",
    "index": "sources/.env .cache/models",
    ".ci": "token",
}
SECRETS = [str(PurePosixPath(folder, name)) for folder, names in MADE_UP.items() for name in names.split()]
"""What may lie in a folder that somebody builds from."""


def read_rules(text):
    """Return the lines of a .dockerignore as pairs: whether it lets in again, and a pattern of whole paths."""
    rules = []
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    for line in map(str.strip, text.splitlines()):
        if line and not line.startswith("#"):
            parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^]]*\])", line.removeprefix("!").strip("/"))
            pattern = "".join(known.get(part, part if part.startswith("[") else re.escape(part)) for part in parts)
            rules.append((line.startswith("!"), re.compile(pattern)))
    return rules


def passes(path, rules):
    """Tell whether a build sees the file: the last rule that speaks of it, or of a folder above it, decides."""
    places = [path, *(str(folder) for folder in Path(path).parents if str(folder) != ".")]
    seen = True
    for lets_in, pattern in rules:
        if any(pattern.fullmatch(place) for place in places):
            seen = lets_in
    return seen


RULES = read_rules((ROOT / ".dockerignore").read_text("utf-8"))


@pytest.mark.parametrize(
    ("rules", "path", "seen"),
    [
        ("", ".env", True),
        ("*", "a/b", False),
        ("*\n!a", "a/b/.env", True),
        ("*\n!a\n**/.*", "a/b/.env", False),
        ("*\n!a\n**/.*", "a/.b/c", False),
        ("*.env", "a/x.env", True),
        ("**/*.env", "x.env", False),
        ("*\n!a\na/b\n!a/b/c", "a/b/c", True),
        ("# a\n\n/a/", "a/x", False),
        ("a?[xy]", "abx", False),
    ],
)
def test_the_rules_are_read_as_a_builder_reads_them(rules, path, seen):
    assert passes(path, read_rules(rules)) is seen


@pytest.mark.parametrize("path", SECRETS)
def test_no_secret_reaches_a_build(path):
    assert not passes(path, RULES)


def test_a_build_sees_every_file_of_the_packages_and_nothing_else():
    names = [str(path.relative_to(ROOT)) for path in tracked()]
    seen = {name for name in names if passes(name, RULES)}
    packages = {name for name in names if name.startswith(("bot/", "index/"))}
    assert len(packages) > 100
    assert seen == packages | {"pyproject.toml", "README.md", "LICENSE", ".ci/constraints.txt", ".ci/wheel.py"}


def read_steps():
    """Return the instructions of the Dockerfile with their words, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    return [line.partition(" ")[::2] for line in text.replace("\\\n", " ").splitlines() if line]


def test_the_image_holds_pinned_packages_no_setting_and_no_root():
    steps = read_steps()
    last = steps[max(number for number, (word, _) in enumerate(steps) if word == "FROM") :]
    assert [words for word, words in steps if word == "FROM"] == ["python:3.12-slim AS build", "python:3.12-slim"]
    assert [words for word, words in last if word == "COPY"] == ["--from=build /opt/pullquote /opt/pullquote"]
    installs = [words for word, words in steps if word == "RUN" and "pip" in words]
    assert len(installs) == 1
    assert "-c .ci/constraints.txt" in installs[0]
    assert ("ARG", "EXTRAS=meaning") in steps
    assert not [words for word, words in steps if word in ("ARG", "ENV") and re.search("TOKEN|SECRET|PASSWORD", words)]
    users = [words for word, words in last if word == "USER"]
    assert users == ["10001:10001"]
    assert ("STOPSIGNAL", "SIGTERM") in last
    assert ("CMD", '["telegram"]') in last
    assert any(word == "HEALTHCHECK" and "/readyz" in words for word, words in last)


def test_compose_keeps_what_lasts_in_a_volume_and_nothing_else_writable():
    read = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    bot = read["services"]["bot"]
    assert bot["volumes"] == ["data:/data"]
    assert "data" in read["volumes"]
    assert ("VOLUME", "/data") in read_steps()
    assert (bot["read_only"], bot["tmpfs"], bot["cap_drop"]) == (True, ["/tmp"], ["ALL"])
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert bot["env_file"] == ".env"
    assert bot["environment"] == {"PULLQUOTE_HEALTH_PORT": "8081"}, "settings, and all secrets, come from outside"
    assert int(bot["stop_grace_period"].removesuffix("s")) > 15, "bot/OPERATING.md promises to stop in 15 s"


CLUSTER = yaml.safe_load((ROOT / "bot" / "compose.cluster.yaml").read_text("utf-8"))["services"]
NODES = sorted(name for name in CLUSTER if name.startswith("node"))


def test_the_cluster_has_three_nodes_that_one_network_alone_reaches():
    assert NODES == ["node1", "node2", "node3"]
    assert sorted(CLUSTER) == ["bot", "network", *NODES, "serve"]
    assert {name for name, each in CLUSTER.items() if each.get("network_mode") == "service:network"} == {*CLUSTER} - {
        "network"
    }
    assert {name: each["ports"] for name, each in CLUSTER.items() if "ports" in each} == {
        "network": ["127.0.0.1:8000:8000"]
    }
    settings = [CLUSTER[name]["environment"] for name in NODES]
    assert {each["network.host"] for each in settings} == {"127.0.0.1"}, "they have no login"
    assert {each["cluster.initial_cluster_manager_nodes"] for each in settings} == {",".join(NODES)}
    seeds = ",".join(f"127.0.0.1:{each['transport.port']}" for each in settings)
    assert {each["discovery.seed_hosts"] for each in settings} == {seeds}
    for name, each in zip(NODES, settings, strict=True):
        assert each["node.name"] == name
        assert f"127.0.0.1:{each['http.port']}/_cluster/health" in CLUSTER[name]["healthcheck"]["test"][-1]
        assert CLUSTER[name]["volumes"] == [f"{name}:/usr/share/opensearch/data"]


def test_bot_and_server_ask_every_node_and_begin_when_all_are_well(monkeypatch, tmp_path):
    ports = [CLUSTER[name]["environment"]["http.port"] for name in NODES]
    health = set()
    for name in ("bot", "serve"):
        service = CLUSTER[name]
        assert service["depends_on"] == {node: {"condition": "service_healthy"} for node in NODES}
        found = load({**service["environment"], "PULLQUOTE_TOKENS": ""}, tmp_path)
        assert found.login is None
        assert found.index == f"opensearch://{','.join(f'127.0.0.1:{port}' for port in ports)}/articles"
        assert parse_location(found.index).name == "articles"
        assert found.health_port, "the image's check of health asks there"
        health.add(found.health_port)
        assert (service["read_only"], service["tmpfs"], service["cap_drop"]) == (True, ["/tmp"], ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert (service["env_file"], service["volumes"]) == (".env", [f"{name}:/data"])
    assert len(health) == 2, "they share one network"
    host, port = read_listen(CLUSTER["serve"]["command"][-1], load({"PULLQUOTE_TOKENS": TOKEN}, tmp_path))
    assert (host, f"127.0.0.1:{port}:{port}") == ("0.0.0.0", CLUSTER["network"]["ports"][0])
    extras = CLUSTER["network"]["build"]["args"]["EXTRAS"].split(",")
    assert set(extras) == {"meaning", "cluster", "serve", "mcp"}
    assert {each["image"] for each in CLUSTER.values()} == {"pullquote-cluster", "opensearchproject/opensearch:2"}


@pytest.mark.parametrize("name", ["compose.yaml", "bot/compose.cluster.yaml"])
def test_no_secret_stands_in_a_compose_file(name):
    services = yaml.safe_load((ROOT / name).read_text("utf-8"))["services"]
    secret = re.compile("TOKEN|SECRET|PASSWORD|KEY", re.IGNORECASE)
    for service in services.values():
        assert not [key for key, value in service.get("environment", {}).items() if secret.search(key) and value]


@pytest.mark.check
def test_a_linter_finds_nothing_in_the_dockerfile():
    linter = Path(sys.executable).with_name("hadolint")
    if not linter.exists():
        lack_tool("hadolint is not installed")
    done = subprocess.run([linter, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.check
@pytest.mark.parametrize("name", ["compose.yaml", "bot/compose.cluster.yaml"])
def test_a_linter_finds_no_grave_fault_in_a_compose_file(name):
    linter = Path(sys.executable).with_name("compose-lint")
    if not linter.exists():
        lack_tool("compose-lint is not installed")
    done = subprocess.run([linter, ROOT / name], capture_output=True, text=True, check=False)
    assert (done.returncode, "PASS" in done.stdout) == (0, True), done.stdout


def find_builder():
    """Return the program that builds images here and has, or gets, the base; skips the test where there is none."""
    base = next(words.split()[0] for word, words in read_steps() if word == "FROM")
    for name in ("docker", "podman", "buildah"):
        if shutil.which(name) and succeeds(name, "info"):
            known = succeeds(name, "inspect", "--type", "image", base)
            if known or succeeds(name, "pull", "-q", base):
                return name
    return pytest.skip(f"nothing here can build an image and has {base}; the linter reads the Dockerfile")


def succeeds(*command):
    return subprocess.run(command, capture_output=True, check=False, timeout=300).returncode == 0


@pytest.mark.check
def test_an_image_is_built_without_a_secret_and_answers(tmp_path):
    builder = find_builder()
    source, mark = tmp_path / "source", "canary-0d9f6c"
    for path in tracked():
        (source / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, source / path.relative_to(ROOT))
    for name in SECRETS:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(mark)
    # podman and buildah keep HEALTHCHECK in this form only
    form = [] if builder == "docker" else ["--format", "docker"]
    subprocess.run([builder, "build", *form, "-t", "pullquote-tried", source], check=True)
    try:
        where = tmp_path / "image.tar"
        if builder == "buildah":
            subprocess.run(["buildah", "push", "-q", "pullquote-tried", f"docker-archive:{where}"], check=True)
        else:
            subprocess.run([builder, "save", "-o", where, "pullquote-tried"], check=True)
            run = [builder, "run", "--rm", "--read-only", "--tmpfs", "/tmp", "--network", "none", "--cap-drop", "ALL"]
            done = subprocess.run([*run, "pullquote-tried", "doctor"], capture_output=True, text=True, check=False)
            assert "0 wrong" in done.stdout or "all is well" in done.stdout, done.stdout + done.stderr
            assert "2 models, as they came" in done.stdout
        assert mark.encode() not in where.read_bytes()
        print(f"container: {where.stat().st_size / 1e6:.0f} MB by {builder}")
    finally:
        subprocess.run([builder, "rmi", "pullquote-tried"], capture_output=True, check=False)
