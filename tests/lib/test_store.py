"""Files made once, whoever asks, and on whatever disk."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nplv_portal.lib.store import Store

ASK = """
import sys, time
from pathlib import Path
from nplv_portal.lib.store import Store
folder = Path(sys.argv[1])

def make():
    with (folder / "log").open("a") as log:
        log.write("made ")
    time.sleep(0.3)
    return b"content"

assert Store(folder / "store", 1, 60).get("key", make).read() == b"content"
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", megabytes=1, patience=30)


def kept(store: Store) -> set[str]:
    return {path.name for path in store.folder.glob("*/*")}


def test_one_process_makes_what_others_wait_for(tmp_path: Path) -> None:
    askers = [subprocess.Popen([sys.executable, "-c", ASK, str(tmp_path)]) for _ in range(4)]
    assert [asker.wait(60) for asker in askers] == [0, 0, 0, 0]
    assert (tmp_path / "log").read_text() == "made "


def test_the_oldest_makes_room(store: Store) -> None:
    for i, key in enumerate(["first", "second", "third"]):
        store.get(key, lambda: bytes(400_000)).close()
        os.utime(store.path(key), (i, i))
    assert kept(store) == {"second", "third"}


def test_what_is_larger_than_the_store_is_given_but_not_kept(store: Store) -> None:
    assert len(store.get("key", lambda: bytes(2_000_000)).read()) == 2_000_000
    assert kept(store) == set()


def test_a_file_that_is_being_read_may_be_removed(store: Store) -> None:
    store.get("key", lambda: b"content").close()
    with store.get("key", lambda: b"other") as file:
        store.path("key").unlink()
        assert file.read() == b"content"


def test_a_full_disk_costs_only_the_keeping(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert store.get("key", lambda: b"content").read() == b"content"
    assert kept(store) == set()


def test_what_a_crash_left_half_written_is_not_given(store: Store) -> None:
    part = store.path("key").with_suffix(".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    assert store.get("key", lambda: b"content").read() == b"content"
    assert kept(store) == {"key"}


def test_a_failure_is_passed_on_and_tried_again(store: Store) -> None:
    def fail() -> bytes:
        raise ValueError("no ink")

    with pytest.raises(ValueError, match="no ink"):
        store.get("key", fail)
    assert store.get("key", lambda: b"content").read() == b"content"


def test_who_waits_too_long_is_told(store: Store, tmp_path: Path) -> None:
    impatient = Store(store.folder, megabytes=1, patience=0.05)
    with store.alone(store.path("key").parent), pytest.raises(TimeoutError):
        impatient.get("key", lambda: b"content")
