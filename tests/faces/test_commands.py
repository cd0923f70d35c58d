"""The one table of commands: what each face offers of it, says of it, and does at it."""

import re

import pytest

from bot.conversation.commands import COMMANDS, Face, Menu, list_commands, read
from bot.conversation.dialogue import Help, Note, Quit, Request
from bot.conversation.state import State
from bot.pages.lines import render_plain
from bot.pages.render import render
from bot.telegram.actions.commands import ACTIONS
from bot.telegram.screens.menus import make_help, make_menu

CONSOLE, TELEGRAM = list_commands(Face.CONSOLE), list_commands(Face.TELEGRAM)


def names(commands):
    return {command.name for command in commands}


def test_the_table_has_rows_of_all_kinds():
    assert names(CONSOLE) & names(TELEGRAM)
    assert names(CONSOLE) - names(TELEGRAM) == {"quit"}
    assert {"start", "ask", "add"} <= names(TELEGRAM) - names(CONSOLE)
    assert names(CONSOLE) | names(TELEGRAM) == set(COMMANDS)


@pytest.mark.parametrize("command", CONSOLE, ids=lambda command: command.name)
def test_a_command_of_the_console_becomes_a_request_and_stands_in_its_help(command):
    assert isinstance(command.read(State(), ""), Request)
    assert isinstance(read(State(), f"/{command.name.upper()}"), Request)
    told = " ".join(filter(None, (f"/{command.name}", command.argument, command.help)))
    assert told in re.sub(" +", " ", render_plain(render(Help())))


@pytest.mark.parametrize("command", TELEGRAM, ids=lambda command: command.name)
def test_a_command_of_telegram_does_something_and_stands_in_its_help(command):
    assert command.name in ACTIONS or command.read is not None
    told = f"/{command.name} " + f"{command.argument}  {command.help}".strip()
    assert told in "\n".join(block.text for block in make_help("quote_bot")).split("\n")


def test_each_action_belongs_to_a_command_of_telegram():
    assert set(ACTIONS) <= names(TELEGRAM)


def test_no_face_names_what_it_has_not():
    console = render_plain(render(Help()))
    telegram = "\n".join(block.text for block in make_help("quote_bot"))
    assert not [name for name in names(TELEGRAM) - names(CONSOLE) if f"/{name} " in console]
    assert not [name for name in names(CONSOLE) - names(TELEGRAM) if f"/{name} " in telegram]


@pytest.mark.parametrize("menu", Menu)
def test_menus_hold_commands_of_telegram_as_it_takes_them(menu):
    found = make_menu(menu)
    assert found
    assert {each.command for each in found} <= names(TELEGRAM)
    for each in found:
        assert re.fullmatch("[a-z0-9_]{1,32}", each.command)
        assert 0 < len(each.description) <= 256


@pytest.mark.parametrize(
    ("typed", "face", "hint"),
    [
        ("/whoam", Face.TELEGRAM, "did you mean /whoami?"),
        ("/privcy", Face.TELEGRAM, "did you mean /privacy?"),
        ("/privcy", Face.CONSOLE, "/help lists them."),
        ("/qui", Face.CONSOLE, "did you mean /quit?"),
        ("/start", Face.CONSOLE, "There is no command /start"),
        ("/artcles", Face.TELEGRAM, "did you mean /articles?"),
    ],
)
def test_a_mistyped_command_is_answered_with_the_nearest_of_its_face(typed, face, hint):
    request = read(State(), typed, face)
    assert isinstance(request, Note)
    assert hint in request.text


def test_telegram_never_points_to_the_way_out_but_understands_it():
    assert "/quit" not in read(State(), "/quti", Face.TELEGRAM).text
    assert read(State(), "/quit", Face.TELEGRAM) == read(State(), "exit", Face.TELEGRAM) == Quit()
