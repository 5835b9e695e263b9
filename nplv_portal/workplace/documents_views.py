"""The list of documents that one cites, and the page to add one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from nplv_portal.sources.models import Document
from nplv_portal.workplace.documents import DocumentForm, added, history, may_change
from nplv_portal.workplace.once import once
from nplv_portal.workplace.views import for_office, saved

HERE, LONGEST = "/werkplek/", 200


@require_GET
@for_office
def documents(request: HttpRequest) -> HttpResponse:
    how = added()
    found = [(document, how.get(document.pk)) for document in Document.objects.order_by("title")]
    return render(request, "workplace/documents.html", {"documents": found})


@require_http_methods(["GET", "POST"])
@for_office
@once
def new_document(request: HttpRequest) -> HttpResponse:
    """Afterwards back to the text from which one came, with the document chosen."""
    back = way_back(request)
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.write(by=request.user):
        saved(request, f"“{form.instance}” staat nu in de lijst. Alle rekenkamers kunnen het kiezen.")
        return redirect(f"{back}?{urlencode({'document': form.instance.slug})}" if back else "work_documents")
    context = {"form": form, "back": back}
    return render(request, "workplace/document.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@for_office
@once
def document(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Document, slug=slug)
    changeable = may_change(found)
    form = DocumentForm(request.POST or None, instance=found) if changeable else None
    if form and request.method == "POST" and form.is_valid() and form.write(by=request.user):
        saved(request, "Opgeslagen.")
        return redirect("work_document", found.slug)
    context = {"document": Document.objects.get(pk=found.pk), "form": form, "history": history(found)}
    status = 200 if request.method == "GET" else 422 if changeable else 409
    return render(request, "workplace/document.html", context, status=status)


def way_back(request: HttpRequest) -> str:
    asked = request.GET.get("terug", "")
    is_ours = (
        len(asked) <= LONGEST and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith(HERE)
    )
    return asked.partition("?")[0].partition("#")[0] if is_ours else ""
