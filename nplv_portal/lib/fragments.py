"""Template fragments that follow from their data alone, rendered once."""

from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString


@lru_cache(maxsize=8192)
def fragment(template: str, **context: Any) -> SafeString:
    """The rendered template. All of the context is hashable and compared by value, so the text cannot be stale."""
    return SafeString(get_template(template).render(context))  # nosec B703: a template has escaped it


@lru_cache(maxsize=8192)
def address(name: str, *args: str) -> str:
    return reverse(name, args=args)
