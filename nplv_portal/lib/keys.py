"""Secrets that stand in a link. The database holds a seed and a hash; without SECRET_KEY neither gives the link."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac


def new_seed() -> str:
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def token_of(seed: str, secret: str | None = None) -> str:
    return salted_hmac("nplv_portal.lib.keys", seed, secret=secret, algorithm="sha256").hexdigest()


def token_again(seed: str, token_hash: str) -> str:
    """The one of that hash, also when SECRET_KEY was replaced since; empty when its key is gone altogether."""
    made = (token_of(seed, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    return next((token for token in made if hash_of(token) == token_hash), "")
