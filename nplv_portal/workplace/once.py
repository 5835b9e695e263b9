"""A form that is sent twice has one effect: a double click, an answer that got lost, the back button."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from nplv_portal.workplace.models import Sent

View = Callable[..., HttpResponse]


def once(view: View) -> View:
    """All that a form does, it does in one transaction; sent again, it leads where it led the first time.

    Only what led on counts as sent: a form that came back with what is wrong did nothing.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "csrfmiddlewaretoken" not in request.POST:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            sent, is_first = Sent.objects.get_or_create(key=key_of(request))  # the same form, meanwhile, waits here
            if not is_first:
                messages.success(request, "U stuurde dit twee keer. Het is één keer gedaan.", extra_tags=request.path)
                return redirect(sent.where)
            response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponseRedirect):
                Sent.objects.filter(pk=sent.pk).update(where=response.url)
            else:
                transaction.set_rollback(True)
            return response

    return answer


def key_of(request: HttpRequest) -> str:
    """Who sends what where. Its token is another each time that a page is shown, so a form says the same only once."""
    said = [request.user.pk, request.get_full_path(), sorted(request.POST.lists())]
    return sha256(json.dumps(said).encode()).hexdigest()
