"""What the portal must be able to read again, and a copy of the database must not tell: sealed with SECRET_KEY."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction

MARK = "sealed:"  # text without it is of before there were seals
SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


class LostKeyError(Exception):
    """Sealed with a key that is neither SECRET_KEY nor one of SECRET_KEY_FALLBACKS."""


def seals() -> MultiFernet:
    """Seals with the first key, and opens with every one."""
    return seals_of(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def seals_of(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(sha256(f"sealing {key}".encode()).digest())) for key in keys])


def seal(text: str) -> str:
    return MARK + seals().encrypt(text.encode()).decode()


def unseal(stored: str) -> str:
    if not stored.startswith(MARK):
        return stored
    try:
        return seals().decrypt(stored.removeprefix(MARK)).decode()
    except InvalidToken as error:
        raise LostKeyError from error


class SealedSerializer:
    """Of sessions: while someone links an app, its secret waits in there."""

    def dumps(self, held: Any) -> bytes:
        return seal(json.dumps(held, separators=(",", ":"))).encode()

    def loads(self, stored: bytes) -> Any:
        return json.loads(unseal(stored.decode()))


@transaction.atomic
def seal_all(factors: Any) -> tuple[int, int]:
    """All secrets of second factors, sealed with the newest key. Gives how many are, and how many nobody can open."""
    sealed = lost = 0
    for factor in factors.filter(type__in=SECRETS).select_for_update():
        name = SECRETS[factor.type]
        if name not in factor.data:
            continue
        try:
            factor.data[name] = seal(unseal(factor.data[name]))
        except LostKeyError:
            lost += 1
        else:
            factors.filter(pk=factor.pk).update(data=factor.data)
            sealed += 1
    return sealed, lost
