"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    return {
        "PORTAL_URL": settings.PORTAL_URL,
        "is_fictional": settings.FICTIONAL_DATA,
        "sends_mail": bool(settings.EMAIL_URL),
        "path": request.path,
    }
