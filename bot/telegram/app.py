"""A bot's life: open, fetch or listen, hand on, watch itself, and stop within the supervisor's patience."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from telegram import LinkPreviewOptions, Update
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application, ApplicationBuilder, Defaults

from index import Index
from index.errors import EngineUnavailable, PullquoteError
from index.files import make_private_folder

from ..processes.askers import parallelize
from ..serving.health import name_setting, serve_health
from ..serving.http import serve
from ..serving.metrics import Metrics
from ..serving.signals import heed_signals
from ..settings import Settings, SettingsError
from .access import describe_access
from .chats import locate_file, open_chats
from .chats.sqlite import BotFile
from .desk import Desk, make_desk
from .handlers import add_routes
from .lookout import Lookout
from .reading import make_door, read_pages_path, serve_pages
from .screens.menus import set_menus
from .sending.connection import Calls
from .sending.pace import Pace, read_wait
from .updates.inbox import KINDS, FileThread, Inbox
from .updates.polling import REJECTED, Poller, SecondInstance
from .updates.webhook import make_webhook, read_webhook_address
from .watch import Watch

_log = logging.getLogger(__name__)

SEND_TIMEOUT = 10.0
"""Seconds that Telegram may take to answer a call; most take a tenth of one."""

BotApplication = Application[Any, Any, Any, Any, Any, Any]


class Failed(PullquoteError):
    """The bot ended with an error that nobody expected."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """How long the bot waits, in seconds.

    `poll` for updates, `retry` before a first repetition, `patience` for answers in the making when it stops (what is
    left is done at the next start), `silence` without a finished poll before it gives itself up.
    """

    poll: int = 25
    retry: float = 0.5
    patience: float = 12.0
    silence: float = 120.0


def run(settings: Settings, open_library: Callable[[], Index], *, by_webhook: bool = False) -> None:
    """Run the bot until a signal stops it.

    Raises:
        SettingsError: the token is missing or rejected, the webhook's settings are, or a port is taken.
        SecondInstance: another process runs this bot.
        Deaf: no poll has ended for minutes.
        EngineError: the library or the bot's own file cannot be used.
        Failed: an error that nobody expected; the log has it.
    """
    if not settings.token:
        raise SettingsError("TELEGRAM_BOT_TOKEN is not set; @BotFather on Telegram gives one for /newbot")
    path = locate_file(settings)
    if by_webhook:
        read_webhook_address(settings)
    read_pages_path(settings)
    # A search computes in a thread, and every other chat waits for it to give way: 5 ms each time is too long.
    sys.setswitchinterval(0.0005)
    with hold_file(path):
        try:
            asyncio.run(_run_until_signal(settings, path, open_library, by_webhook=by_webhook))
        except (PullquoteError, SettingsError):
            raise
        except Exception as error:  # noqa: BLE001 - a front door
            _log.exception("the bot failed")
            # Libraries put addresses with the token into their messages: what is told outside the log has none of it.
            raise Failed(f"the bot failed ({type(error).__name__}); its log tells where") from None


@contextmanager
def hold_file(path: Path) -> Iterator[None]:
    """Hold the bot's file for this process; the lock ends with the process, however that ends.

    Raises:
        SecondInstance: another process holds it.
    """
    make_private_folder(path.parent)
    lock = FileLock(path.with_suffix(".lock"), timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise SecondInstance("another instance of this bot is running; stop it first") from None
    try:
        yield
    finally:
        lock.release()


async def _run_until_signal(
    settings: Settings, path: Path, open_library: Callable[[], Index], *, by_webhook: bool
) -> None:
    stop = asyncio.Event()
    heed_signals(lambda _: stop.set())
    file = FileThread(BotFile(path))
    index = parallelize(open_library(), settings.index, settings.login)
    await live(settings, file, index, stop, by_webhook=by_webhook)


async def live(
    settings: Settings,
    file: FileThread,
    index: Index,
    stop: asyncio.Event,
    *,
    by_webhook: bool = False,
    tempo: Tempo = Tempo(),
) -> None:
    """Run the bot until `stop` is set or an error ends it; see `run`."""
    metrics = Metrics("update")
    the_desk = make_desk(index, file, settings, metrics, open_chats(settings, file.store))
    pace = Pace(tempo.retry)
    application = build_application(settings, pace)
    pace.probe = application.bot.get_me
    add_routes(application, the_desk)
    inbox = Inbox(file, _make_handler(application, the_desk), application.bot)
    metrics.waiting.set_function(lambda: len(inbox))
    watch = Watch(the_desk, silence=tempo.silence)
    try:
        async with serve_health(settings.health_port, metrics, lambda: watch.hears, "Telegram cannot be reached"):
            if not await _run_until(stop, _initialize(application, tempo.retry)):
                return
            the_desk.name = application.bot.username
            left = await inbox.drain()
            poller = Poller(application.bot.base_url, inbox, timeout=tempo.poll, wait=tempo.retry)
            if by_webhook:
                source = _listen(the_desk, application, inbox, watch)
            else:
                source = _poll(the_desk, application, poller, watch)
            async with source as failing:
                _log.info("%s runs; %s updates were left from before", application.bot.link, left)
                _log.info("access: %s", describe_access(settings))
                lookout = Lookout(the_desk, application.bot)
                tasks = (failing, watch.run(), lookout.run(), _prune_hourly(the_desk), set_menus(application.bot))
                await _run_until(stop, asyncio.gather(*tasks))
    finally:
        watch.stop()
        if not await inbox.close(tempo.patience):
            _log.warning("some updates were not done in time; they are done at the next start")
        await application.shutdown()
        await application.bot.shutdown()  # the library leaves it open if it could not get ready
        await asyncio.get_running_loop().run_in_executor(None, the_desk.close)
    _log.info("stopped")


def build_application(settings: Settings, pace: Pace) -> BotApplication:
    """Return the library's application, with our pace and without its own fetching."""
    root = settings.api_root.rstrip("/")
    request = Calls(root, SEND_TIMEOUT)
    builder = ApplicationBuilder().token(settings.token.reveal()).base_url(f"{root}/bot")
    builder = builder.base_file_url(f"{root}/file/bot").request(request).updater(None).rate_limiter(pace)
    quiet = Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True))
    return builder.defaults(quiet).build()


def _make_handler(application: BotApplication, the_desk: Desk) -> Callable[[Update], Any]:
    async def handle(update: Update) -> float | None:
        came = update.update_id in the_desk.turns
        with the_desk.metrics.seconds.time():
            await application.process_update(update)
        if came:
            the_desk.turns.pop(update.update_id, None)  # done, even where nothing was left to be done about it
            return None
        return the_desk.get_delay(update.update_id)

    return handle


async def _run_until(stop: asyncio.Event, work: Any) -> bool:
    """Do the work until it ends or the bot is to stop, and tell whether it ended by itself."""
    task = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            return False
        task.result()
        return True
    finally:
        for each in (task, waiting):
            each.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)


async def _initialize(application: BotApplication, wait: float) -> None:
    """Ask Telegram who we are, until it answers.

    Raises:
        SettingsError: the token is rejected.
    """
    while True:
        try:
            await application.initialize()
        except InvalidToken:
            raise SettingsError(REJECTED) from None  # the library's text has the token
        except RetryAfter as error:
            _log.warning("Telegram asks to wait")
            wait = read_wait(error)
        except (NetworkError, TelegramError) as error:
            _log.warning("Telegram cannot be reached (%s); trying again in %.0f s", type(error).__name__, wait)
        else:
            return
        await asyncio.sleep(wait)
        wait = min(20.0, 2 * wait)


@asynccontextmanager
async def _poll(
    the_desk: Desk, application: BotApplication, poller: Poller, watch: Watch
) -> AsyncIterator[asyncio.Future[None]]:
    """Fetch by polling; a webhook that was set before would keep updates away."""
    with suppress(TelegramError):
        await application.bot.delete_webhook(drop_pending_updates=False)
    watch.poller = poller
    async with serve_pages(the_desk):
        task = asyncio.ensure_future(poller.run())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def _listen(
    the_desk: Desk, application: BotApplication, inbox: Inbox, watch: Watch
) -> AsyncIterator[asyncio.Future[None]]:
    """Listen for Telegram's calls and tell it where."""
    settings = the_desk.settings
    host, port, path = read_webhook_address(settings)
    webhook = make_webhook(inbox, settings.webhook_secret, path)
    with name_setting("PULLQUOTE_WEBHOOK_LISTEN", host, port):
        server = await serve(host, port, *make_door(the_desk, read_pages_path(settings), webhook))
    try:
        try:
            await application.bot.set_webhook(
                settings.webhook_url,
                secret_token=settings.webhook_secret.reveal(),
                allowed_updates=KINDS,
                drop_pending_updates=False,
            )
        except TelegramError as error:
            raise SettingsError(f"Telegram does not take the webhook: {error}") from None
        watch.listen()
        yield asyncio.ensure_future(server.serve_forever())
    finally:
        server.close()


async def _prune_hourly(the_desk: Desk) -> None:
    """Forget each hour what is too old to matter."""
    while True:
        for each in dict.fromkeys((the_desk.inbox, the_desk.chats)):
            try:
                await each.run(each.store.prune, time.time())
            except EngineUnavailable as error:
                _log.warning("nothing could be forgotten: %s", error)
        await asyncio.sleep(3600)
