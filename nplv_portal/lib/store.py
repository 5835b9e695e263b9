"""Files kept by a key, each made once over all threads and processes. A full or read-only disk stops nothing."""

import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Store:
    folder: Path
    megabytes: int
    patience: float  # seconds to wait for another who makes the same file

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def get(self, key: str, make: Callable[[], bytes]) -> BinaryIO:
        """The file, open for reading. Raises TimeoutError, and what `make` raises."""
        path = self.path(key)
        with contextlib.suppress(OSError):
            return path.open("rb")
        with self.alone(path.parent):
            with contextlib.suppress(OSError):
                return path.open("rb")
            content = make()
            self.keep(path, content)
            return BytesIO(content)

    @contextlib.contextmanager
    def alone(self, folder: Path) -> Iterator[None]:
        """One at a time in this folder. Where no folder can be made, everyone for himself."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(folder, os.O_RDONLY)
        except OSError:
            yield
            return
        try:
            lock(handle, self.patience)
            yield
        finally:
            os.close(handle)

    def keep(self, path: Path, content: bytes) -> None:
        part = path.with_suffix(".part")
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            self.prune()
        except OSError as error:
            log.warning("%s kan niet worden bewaard: %s", path, error)
            with contextlib.suppress(OSError):
                part.unlink()

    def prune(self) -> None:
        """Remove the oldest above the limit."""
        left = self.megabytes * 2**20
        files = [(entry.stat(), entry) for entry in self.folder.glob("*/*")]
        for status, file in sorted(files, key=lambda found: found[0].st_mtime_ns, reverse=True):
            left -= status.st_size
            if left < 0:
                file.unlink(missing_ok=True)


def lock(handle: int, patience: float) -> None:
    """Lock an open file or folder until it is closed. Raises TimeoutError."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimeoutError from None
            time.sleep(0.02)
