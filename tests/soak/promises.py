"""The promises that `make soak` tries as often as the time allows: how often before a release, and by which tests."""

from typing import NamedTuple


class Trial(NamedTuple):
    """Tests of one promise, run again and again with other random cases until `wanted` of them were tried.

    Each run tries `batch` of them (the variable COUNT) and prints lines that begin with the promise and a number: how
    many there were. With `batch` 0 one run is all there is.
    """

    promise: str
    what: str
    unit: str
    wanted: int
    batch: int
    tests: tuple[str, ...]
    needs: str = ""


DISK = "tests/faults/test_disk_faults.py::test_"
PROCESS = "tests/telegram/test_process.py::test_"

TRIALS = (
    Trial(
        "P1",
        "kill -9 while a library is changed: nothing acknowledged is lost, nothing is half there",
        "kills",
        10_000,
        50,
        (f"{DISK}p1_kills_lose_nothing_that_was_acknowledged[many]",),
    ),
    Trial(
        "P2",
        "the process dies before each write, sync, truncation, renaming: the old state or the new",
        "crash points",
        1_000,
        0,
        (f"{DISK}p2_at_every_crash_point_the_state_is_old_or_new", "tests/faults/test_crash_points.py"),
    ),
    Trial(
        "P3",
        "a power cut: whatever was acknowledged is there",
        "power cuts",
        500,
        20,
        (f"{DISK}p3_power_cuts_lose_nothing_that_was_acknowledged[many]",),
    ),
    Trial(
        "P4",
        "a full, failing or read-only disk: a named error, reading goes on",
        "faults",
        1_000,
        7,
        (f"{DISK}p4_each_errno_at_each_kind_of_call[many]", f"{DISK}p4_a_full_disk", f"{DISK}p4_a_read_only_disk"),
    ),
    Trial(
        "P5",
        "a flipped bit: never a wrong word, each flip in a text is named",
        "flipped bits",
        5_000,
        50,
        (f"{DISK}p5_a_flipped_bit_never_gives_wrong_words[many]",),
    ),
    Trial(
        "P6",
        "any input to a reader of documents: nothing but an article or an error of ours",
        "inputs",
        12_000_000,
        200,
        ("tests/faults/test_abuse.py::test_damaged_files",),
    ),
    Trial(
        "P6",
        "any settings, saved replies, lines to import, updates, buttons: nothing but errors of ours",
        "inputs",
        7_000_000,
        200,
        ("tests/faults/test_fuzz.py::test_very_many_bytes",),
    ),
    Trial(
        "P7",
        "files made to exhaust memory or time cost their sender alone",
        "bombs",
        100 * 60,
        0,
        ("tests/faults/test_abuse.py::test_a_hostile_file_is_an_error_or_an_article",),
    ),
    Trial(
        "P8",
        "no connection to an address that is not public",
        "addresses",
        100_000,
        1_000,
        ("tests/sources/test_fetch.py::test_no_connection_to_generated_addresses[many]",),
    ),
    Trial(
        "P9",
        "kill -9 of the bot under load: no question is lost",
        "kills",
        300,
        3,
        (f"{PROCESS}kills_under_load_lose_nothing[many]",),
    ),
    Trial(
        "P10",
        "Telegram away in four ways: no question is lost",
        "seconds",
        3_600,
        20,
        (f"{PROCESS}an_outage_loses_nothing[many]",),
    ),
    Trial(
        "P10",
        "Telegram away for a day in each of four ways, with the idle time left out",
        "days",
        4,
        0,
        ("tests/telegram/test_soak.py",),
    ),
    Trial(
        "P11",
        "1,000 chats, 30 questions a second",
        "seconds",
        3_600,
        0,
        (),
        "a quiet machine: python -m tests.bench.bench_telegram 100000 3600 (index/MEASURED.md has the figures)",
    ),
    Trial(
        "P12",
        "hours of questions: memory, files, threads and tasks stay as they are",
        "questions",
        100_000,
        1_000,
        (f"{PROCESS}a_running_bot_keeps_no_more_and_no_more_open[many]",),
    ),
    Trial(
        "P13",
        "five chats, any command: no word of another chat",
        "steps",
        200_000,
        500,
        ("tests/telegram/test_isolation.py::test_no_secret_comes_out_in_many_steps[many]",),
    ),
    Trial("P14", "a node of a cluster killed, hung, gone", "kills", 50, 0, (), "a cluster: .ci/cluster, in make check"),
    Trial(
        "P15",
        "token, webhook secret and password stand in no output",
        "runs",
        1,
        0,
        (
            f"{PROCESS}a_debug_log_of_a_whole_run_has_no_secret_and_no_question",
            f"{PROCESS}a_wrong_token_is_one_line_and_exit_2_and_stands_nowhere",
            "tests/faces/test_serving.py",
        ),
    ),
    Trial(
        "P16",
        "SIGTERM under load: exit 0 in time, no question is lost",
        "stops",
        500,
        3,
        (f"{PROCESS}stops_under_load_end_well_and_lose_nothing[many]",),
    ),
    Trial(
        "P17",
        "libraries of every released version open; a newer format is refused",
        "runs",
        1,
        0,
        ("tests/engines/test_old_libraries.py",),
    ),
)
