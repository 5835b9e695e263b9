"""The one way in which the portal sends mail: a job of the worker, tried again while the mail server says "not now".

A job names what to send and to whom by their keys, and the worker writes the mail: what waits in the database holds no
address and no link.
"""

from __future__ import annotations

import logging
import textwrap
from collections.abc import Mapping
from smtplib import SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage, get_connection
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

logger = logging.getLogger(__name__)

MAIL, AWAITED = "mail", 1  # what someone waits for goes before what was made for many
ONCE = "mail-once"  # jobs in this queue are never done again once they may have sent something
MINUTES = (1, 5, 15, 60, 180, 360, 720)  # until the next attempt; after 22 hours it is given up
WIDTH = 76


class Postponed(Exception):
    """Surely not sent. It may work later."""


class Refused(Exception):
    """Surely not sent, and it never will be."""

    def __init__(self, said: str, *, is_address: bool) -> None:
        super().__init__(said)
        self.is_address = is_address  # it is the address that does not exist or takes no mail


class Unsure(Exception):
    """The connection broke while the mail was under way: it may have arrived."""


def send(to: str, subject: str, text: str, headers: Mapping[str, str] | None = None) -> None:
    """One mail to one person. Raises Postponed, Refused or Unsure."""
    message = EmailMessage(" ".join(subject.split()), wrapped(text), None, [to], headers=dict(headers or {}))
    server = get_connection()
    try:
        server.open()
    except OSError as error:  # smtplib's own are too
        raise Postponed(str(error)) from error
    try:
        server.send_messages([message])
    except SMTPRecipientsRefused as error:
        raise answer(*next(iter(error.recipients.values())), is_address=True) from error
    except SMTPResponseException as error:
        raise answer(error.smtp_code, error.smtp_error, is_address=False) from error
    except (SMTPNotSupportedError, UnicodeError) as error:
        raise Refused(str(error), is_address=True) from error
    except OSError as error:
        raise Unsure(str(error)) from error
    finally:
        server.close()


def answer(code: int, said: bytes | str, *, is_address: bool) -> Postponed | Refused:
    """What a mail server that answered meant. A refusal by policy (5.7) says something of us, not of the address."""
    told = f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    if not 500 <= code < 600:
        return Postponed(told)
    return Refused(told, is_address=is_address and " 5.7." not in told)


def wrapped(text: str) -> str:
    """Lines that every mail program shows well; an address stays whole."""
    lines = []
    for line in text.strip().splitlines():
        indent = " " * (len(line) - len(line.lstrip(" ")))
        lines += textwrap.wrap(
            line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(lines) + "\n"


class TryAgain(BaseRetryStrategy):
    """Later and later. `once`: not where the mail may have arrived."""

    def __init__(self, *, once: bool = False) -> None:
        self.retried = (Postponed,) if once else (Postponed, Unsure)

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, self.retried) and job.attempts < len(MINUTES):
            return RetryDecision(retry_in={"minutes": MINUTES[job.attempts]})
        logger.error("Mail %s (%s) is niet verstuurd en is opgegeven: %s", job.id, job.task_name, exception)
        return None
