"""Cities whose own identity provider (OpenID Connect) lets their people sign in: what OIDC_PROVIDERS says.

Read by the settings, so this module imports nothing of Django's models.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

REQUIRED = {"id", "name", "server_url", "client_id", "secret", "domains"}
OPTIONAL = {"office", "municipality", "email_is_verified"}
TEXTS = (REQUIRED | OPTIONAL) - {"domains", "email_is_verified"}
DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")
RESERVED = {"mislukt"}


@dataclass(frozen=True)
class City:
    """An identity provider, whose people it may speak for, and whose work in the portal it opens."""

    id: str  # stands in its address
    name: str  # stands on its button
    server_url: str
    client_id: str
    secret: str
    domains: tuple[str, ...]  # of the addresses that it may vouch for
    office: str = ""  # slug; either this or the municipality
    municipality: str = ""
    email_is_verified: bool = (
        False  # it only ever tells addresses that it gave out itself, and does not say so each time
    )

    @property
    def origin(self) -> str:
        parts = urlsplit(self.server_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def app(self) -> dict[str, Any]:
        """As allauth wants it."""
        return {
            "provider_id": self.id,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.server_url, "verified_email": self.email_is_verified},
        }


def cities(text: str, *, only_https: bool) -> dict[str, City]:
    """By their id. Whatever is wrong stops the portal, with the name of the setting."""
    try:
        found = json.loads(text or "[]")
    except ValueError as error:
        raise wrong(f"is geen geldige JSON ({error})") from error
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise wrong("moet een lijst van objecten zijn: [{…}, {…}]")
    read = [city(item, only_https=only_https) for item in found]
    if len({one.id for one in read}) < len(read):
        raise wrong("noemt een id meer dan eens")
    return {one.id: one for one in read}


def city(item: dict[str, Any], *, only_https: bool) -> City:
    name = str(item.get("id", "zonder id"))
    if missing := REQUIRED - {key for key, value in item.items() if value}:
        raise wrong(f"({name}) mist {', '.join(sorted(missing))}")
    if unknown := item.keys() - REQUIRED - OPTIONAL:
        raise wrong(f"({name}) kent {', '.join(sorted(unknown))} niet")
    if not all(isinstance(item.get(key, ""), str) for key in TEXTS):
        raise wrong(f"({name}): alleen domains en email_is_verified zijn geen tekst")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", item["id"]) or item["id"] in RESERVED:
        raise wrong(f"({name}): een id bestaat uit kleine letters, cijfers en streepjes")
    if bool(item.get("office")) is bool(item.get("municipality")):
        raise wrong(f"({name}): noem office of municipality, precies een van de twee")
    if not isinstance(item.get("email_is_verified", False), bool):
        raise wrong(f"({name}): email_is_verified is true of false")
    return City(**item | {"domains": domains(name, item["domains"]), "server_url": server(name, item, only_https)})


def domains(name: str, found: Any) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(one, str) and DOMAIN.fullmatch(one) for one in found):
        raise wrong(f'({name}): domains is een lijst als ["heerlen.nl"]')
    return tuple(domain.lower() for domain in found)


def server(name: str, item: dict[str, Any], only_https: bool) -> str:
    parts = urlsplit(item["server_url"])
    if parts.scheme not in ({"https"} if only_https else {"https", "http"}) or not parts.hostname:
        raise wrong(f"({name}): server_url moet met https:// beginnen")
    return str(item["server_url"]).rstrip("/")


def wrong(what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"OIDC_PROVIDERS {what}. Zie docs/configuratie.md.")
