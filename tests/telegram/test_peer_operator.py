"""What an operator meets, against the server that others wrote; polls there last as long as Telegram's."""

import asyncio
import json
import socket
from datetime import datetime

import httpx
import pytest

from bot.telegram.app import Tempo
from tests.support.bot_process import process, start
from tests.support.loopback import free_port
from tests.support.telegram_peer import peer

BARE = {"PULLQUOTE_MEANING": "off"}


def read_seconds(log):
    """Return the seconds from the line that the bot runs, just before it polls, to the one that it is ready."""
    events = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    runs, ready = (
        next(datetime.fromisoformat(each["time"]) for each in events if word in each["event"])
        for word in (" runs; ", "ready")
    )
    return (ready - runs).total_seconds()


@pytest.mark.check
def test_the_bot_is_ready_during_its_first_poll_and_a_check_beside_it_says_that_it_runs(tmp_path):
    """One bot, watched by a supervisor and over HTTP; before, both heard of it when the first poll had ended."""

    async def session():
        port = free_port()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
            supervisor.bind(f"\0{tmp_path}")
            supervisor.setblocking(False)
            told, more = b"", {"PULLQUOTE_HEALTH_PORT": str(port), "NOTIFY_SOCKET": f"@{tmp_path}"} | BARE
            async with peer() as server, process(tmp_path, server.address, **more):
                while told != b"READY=1":
                    told = await asyncio.get_running_loop().sock_recv(supervisor, 100)
                async with httpx.AsyncClient() as client:
                    assert (await client.get(f"http://127.0.0.1:{port}/readyz")).text == "ready\n"
                assert read_seconds(tmp_path / "log") < Tempo().poll, "the first poll had ended"
                beside = await start(tmp_path, server.address, "--check", **BARE)
                output = (await beside.communicate())[0].decode()
                assert "ok: state: this bot is running now" in output
                await server.says("Who is Kim Eun-hye?")
                assert "Kim Eun-hye" in (await server.calls("sendMessage", 1))[0]["text"]

    asyncio.run(asyncio.wait_for(session(), 240))


@pytest.mark.check
def test_a_log_level_and_ports_that_cannot_be_used_are_one_line_and_exit_2(tmp_path):
    async def session():
        async with peer() as server:
            taken = int(server.address.rpartition(":")[2])
            for more, told in (
                ({"PULLQUOTE_LOG_LEVEL": "loud"}, "PULLQUOTE_LOG_LEVEL is debug, info, warning or error"),
                ({"PULLQUOTE_HEALTH_PORT": str(taken)}, f"PULLQUOTE_HEALTH_PORT: cannot listen at 127.0.0.1:{taken}"),
            ):
                bot = await start(tmp_path, server.address, **more, **BARE)
                output = (await bot.communicate())[0].decode()
                assert bot.returncode == 2
                assert output.splitlines()[-1].startswith(f"pullquote: {told}")
                assert "Traceback" not in output

    asyncio.run(asyncio.wait_for(session(), 240))
