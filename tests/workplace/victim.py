"""A worker of the portal that waits to be killed: python -m tests.workplace.victim save|publish KEYS…

Each line on its input is a new worker: a child that says who it is, works, and says what it has finished.
"""

import os
import sys
from collections.abc import Callable

import django

django.setup()

from django.http import QueryDict  # noqa: E402
from django.utils import timezone  # noqa: E402

from nplv_portal.accounts.models import User  # noqa: E402
from nplv_portal.workplace import work  # noqa: E402
from nplv_portal.workplace.forms import Editor  # noqa: E402
from nplv_portal.workplace.kinds import BY_SLUG  # noqa: E402
from tests.workplace.steps import page_of  # noqa: E402

KIND = BY_SLUG["bevindingen"]


def say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


def places(edition: int) -> int:
    """How many vindplaatsen the text of an edition has."""
    return edition % 3 + 1


def save(by: int, pk: int) -> None:
    """The next edition of one text, again and again: what stands in it follows from its number."""
    user = User.objects.get(pk=by)
    say(f"begun {os.getpid()}")
    while True:
        version = KIND.versions.get(pk=pk)
        edition = version.edition + 1
        page = page_of(KIND, version)
        rows = {f"bronnen-{row}-place": f"Bladzijde {edition}.{row}" for row in range(places(edition))}
        rows |= {f"bronnen-{row}-document": page["bronnen-0-document"] for row in range(places(edition))}
        data = QueryDict(mutable=True)
        data.update(page | rows | {"bronnen-TOTAL_FORMS": places(edition), "text": f"Stand {edition}."})
        editor = Editor(KIND, version, data)
        if not editor.is_valid:
            raise ValueError(editor.errors)
        work.save(editor, edition=version.edition, by=user)
        say(f"saved {edition}")


def publish(by: int, *pks: int) -> None:
    user = User.objects.get(pk=by)
    chosen = [(KIND, version) for version in KIND.versions.filter(pk__in=pks)]
    say(f"begun {os.getpid()}")
    work.release(chosen, at=timezone.now(), by=user)
    say("published")


if __name__ == "__main__":
    tasks: dict[str, Callable[..., None]] = {"save": save, "publish": publish}
    task, keys = tasks[sys.argv[1]], [int(key) for key in sys.argv[2:]]
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            task(*keys)
            os._exit(0)
        os.waitpid(child, 0)
        say("gone")
