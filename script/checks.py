"""What script/server and script/test check in Python: python3 script/checks.py CHECK [ARGUMENT...].

On failure: one Dutch sentence that says what to do, and exit 1.
"""

import ctypes
import errno
import http.client
import importlib
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

OLDEST_POSTGRES = 14
TRIES = 3
SEEN = """
    SELECT current_user AS role, has_schema_privilege(current_schema(), 'CREATE') AS makes_tables,
    concat_ws(' ', oid, extract(epoch FROM pg_postmaster_start_time())) AS which
    FROM pg_database WHERE datname = current_database()
"""


def libraries(*pairs: str) -> None:
    """Of "library=package" print the packages of the libraries that cannot be loaded."""
    for pair in pairs:
        library, _, package = pair.partition("=")
        try:
            ctypes.CDLL(library)
        except OSError:
            print(package)


def port(host: str, number: str) -> None:
    """Can be listened on. A server that was just killed gets a moment to let go."""
    deadline = time.monotonic() + 3
    while problem := listening_problem(host, int(number)):
        if problem.errno != errno.EADDRINUSE or time.monotonic() > deadline:
            sys.exit(explained(problem, host, number))
        time.sleep(0.1)


def listening_problem(host: str, number: int) -> OSError | None:
    try:
        family, *_, address = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
    except OSError as error:
        return error
    return None


def explained(problem: OSError, host: str, number: str) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Poort {number} op {host} is bezet. Stop wat daar draait, of kies een andere: PORT=8001 script/server"
    if problem.errno == errno.EACCES:
        return f"Poort {number} is alleen voor beheerders. Kies een poort vanaf 1024: PORT=8000 script/server"
    return f"Het adres HOST={host} is niet van deze machine. Kies een ander: HOST=127.0.0.1 script/server"


def answer(host: str, number: str, process: str) -> None:
    """The front page answers. A server that is starting gets a minute, one that says it cannot (5xx) a few tries."""
    deadline, refusals = time.monotonic() + 60, 0
    while not is_fine(status := status_of_front_page(host, int(number))):
        refusals += status is not None
        if not Path(f"/proc/{process}/cmdline").exists():
            sys.exit("De webserver is meteen weer gestopt. De meldingen hierboven zeggen waarom.")
        if refusals == TRIES or time.monotonic() > deadline:
            sys.exit(
                f"De voorpagina geeft geen goed antwoord ({status or 'geen'}). De meldingen hierboven zeggen waarom."
            )
        time.sleep(1 if status else 0.1)


def is_fine(status: int | None) -> bool:
    return status is not None and status < http.HTTPStatus.INTERNAL_SERVER_ERROR


def status_of_front_page(host: str, number: int) -> int | None:
    connection = http.client.HTTPConnection(host, number, timeout=20)
    try:
        connection.request("GET", "/", headers={"X-Forwarded-Proto": os.environ["PORTAL_URL"].partition(":")[0]})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def database() -> None:
    """The settings are sound, and Postgres answers and is new enough.

    Prints whether the portal's own role makes tables (yes or no), and its name.
    """
    from django.core.exceptions import ImproperlyConfigured

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    try:
        importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    portal = seen_from("DATABASE_URL")
    owner = seen_from("MIGRATION_DATABASE_URL") if os.environ.get("MIGRATION_DATABASE_URL") else portal
    if portal["which"] != owner["which"]:
        sys.exit("DATABASE_URL en MIGRATION_DATABASE_URL noemen niet dezelfde database. Alleen de rol mag verschillen.")
    if not owner["makes_tables"] and owner is not portal:
        sys.exit(f"De rol {owner['role']} mag geen tabellen maken. Noem in MIGRATION_DATABASE_URL hun eigenaar.")
    print("yes" if portal["makes_tables"] else "no", portal["role"])


def seen_from(setting: str) -> dict[str, Any]:
    import psycopg
    from psycopg.rows import dict_row

    try:
        with psycopg.connect(os.environ[setting], connect_timeout=10, row_factory=dict_row) as connection:
            major = connection.info.server_version // 10000
            encoding = connection.info.parameter_status("server_encoding")
            seen = connection.execute(SEEN).fetchone()
    except psycopg.Error as error:
        said = str(error).splitlines()[0].removeprefix("connection failed: ")
        sys.exit(
            f"De database is niet bereikbaar. Controleer {setting}, en of Postgres daar draait. De melding: {said}"
        )
    if major < OLDEST_POSTGRES:
        sys.exit(f"De database is Postgres {major}. Gebruik Postgres {OLDEST_POSTGRES} of nieuwer.")
    if encoding != "UTF8":
        sys.exit(f"De database gebruikt de tekencodering {encoding}. Maak haar opnieuw met ENCODING 'UTF8'.")
    return seen or {}


CHECKS: dict[str, Callable[..., None]] = {"libraries": libraries, "port": port, "answer": answer, "database": database}

if __name__ == "__main__":
    CHECKS[sys.argv[1]](*sys.argv[2:])
