"""Composing dossiers, watching them being made, and taking them along; for who serves that council."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from focusareas.models import Municipality
from nplv_portal.accounts.views import SignedInRequest
from nplv_portal.dossiers import composing
from nplv_portal.dossiers.composing import Choices, ComposeForm, ahead, initial_of, nobody_works
from nplv_portal.dossiers.kinds import BY_SLUG, RECIPES, Recipe, recipe_of
from nplv_portal.dossiers.making import changes_since
from nplv_portal.dossiers.meeting import subjects_for
from nplv_portal.dossiers.models import Dossier, DossierFile, Edition, Stage, Template
from nplv_portal.lib.moments import Moment
from nplv_portal.sources.downloads import TYPES
from recommendations.published import participants

View = Callable[..., HttpResponse]
ON_A_PAGE = 25
FORMAT_NAMES = {
    "pdf": "PDF, ook voor het archief",
    "docx": "Word",
    "odt": "ODT",
    "xlsx": "Gegevens (Excel)",
    "json": "Gegevens (JSON)",
}


def for_composers(view: View) -> View:
    """Clerks and the audit offices; of which municipality, the QuerySets say."""

    @never_cache
    @wraps(view)
    def answer(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.rights.composes:
            raise PermissionDenied("Dossiers zijn voor griffie en rekenkamer.")
        return view(request, *args, **kwargs)

    return answer


def own_places(request: SignedInRequest) -> QuerySet[Municipality]:
    return Municipality.objects.filter(pk__in=request.user.rights.composes).order_by("name")


def own_dossiers(request: SignedInRequest) -> QuerySet[Dossier]:
    files = DossierFile.objects.select_related("kept").defer("kept__content")
    editions = Edition.objects.select_related("asked_by", "round").prefetch_related(Prefetch("files", files))
    mine: QuerySet[Dossier] = Dossier.objects.of_places(request.user.rights.composes)
    return mine.select_related("municipality").prefetch_related(Prefetch("editions", editions))


def own_edition(request: SignedInRequest, pk: int) -> Edition:
    mine = Edition.objects.of_places(request.user.rights.composes)
    found: Edition = get_object_or_404(mine.select_related("dossier__municipality"), pk=pk)
    return found


@dataclass(frozen=True)
class Progress:
    """How far an edition is, as the page says it."""

    edition: Edition
    parts: int
    ahead: int = 0
    nobody_works: bool = False

    @classmethod
    def of(cls, edition: Edition, parts: int) -> Progress:
        if edition.stage != Stage.WAITING:
            return cls(edition, parts)
        return cls(edition, parts, ahead(edition), nobody_works())

    @property
    def told(self) -> str:
        edition = self.edition
        match edition.stage:
            case Stage.WAITING:
                return f"In de wachtrij, nog {self.ahead} voor u." if self.ahead else "Als eerste aan de beurt."
            case Stage.MAKING:
                return f"Wordt gemaakt: onderdeel {edition.part + 1} van {self.parts}."
            case Stage.FAILED:
                return f"Mislukt. {edition.reason}"
            case Stage.CANCELLED:
                return edition.reason
        return "Klaar."


@require_GET
@for_composers
def dossiers(request: SignedInRequest) -> HttpResponse:
    page = Paginator(own_dossiers(request), ON_A_PAGE).get_page(request.GET.get("bladzijde"))
    templates = Template.objects.of_places(request.user.rights.composes).select_related("municipality", "saved_by")
    context = {
        "places": own_places(request),
        "kinds": RECIPES,
        "templates": templates,
        "page": page,
        "dossiers": [(one, one.editions.all()[0]) for one in page],
    }
    return render(request, "griffie/dossiers/dossiers.html", context)


@require_http_methods(["GET", "POST"])
@for_composers
def compose(request: SignedInRequest, municipality: str, kind: str) -> HttpResponse:
    """A dossier from nothing, from a template of the organisation (?sjabloon=3), or about one subject (?over=…)."""
    place = get_object_or_404(own_places(request), slug=municipality)
    recipe = recipe_or_404(kind)
    templates = Template.objects.of_places({place.pk}).filter(kind=kind).select_related("round")
    number = request.GET.get("sjabloon", "")
    chosen = templates.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None
    initial = initial_of(chosen) if chosen else {"items": request.GET.getlist("over")}
    form = form_of(request, recipe, place, initial)
    if request.method == "POST" and form.is_valid():
        return asked(request, form)
    context = {"form": form, "kind": recipe, "place": place, "templates": templates, "template": chosen}
    return render(request, "griffie/dossiers/compose.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@for_composers
def renew(request: SignedInRequest, pk: int) -> HttpResponse:
    """A next version of a dossier. The ones before it stay."""
    found = get_object_or_404(own_dossiers(request), pk=pk)
    last = found.editions.all()[0]
    form = form_of(request, recipe_of(found), found.municipality, initial_of(last) | {"day": None})
    if request.method == "POST" and form.is_valid():
        return asked(request, form, found)
    context = {"form": form, "kind": recipe_of(found), "place": found.municipality, "dossier": found, "last": last}
    return render(request, "griffie/dossiers/compose.html", context, status=422 if form.is_bound else 200)


def recipe_or_404(slug: str) -> Recipe:
    if slug not in BY_SLUG:
        raise Http404("Dit soort dossier bestaat niet.")
    return BY_SLUG[slug]


def form_of(request: SignedInRequest, recipe: Recipe, place: Municipality, initial: dict[str, Any]) -> ComposeForm:
    items: Choices = []
    if recipe.has_items:
        items = subjects_for(place.slug, Moment.of(""))
    elif recipe.has_columns:
        items = [(city.slug, city.name) for city in participants()]
    return ComposeForm(request.POST or None, recipe=recipe, municipality=place, items=items, initial=initial)


def asked(request: SignedInRequest, form: ComposeForm, found: Dossier | None = None) -> HttpResponse:
    try:
        edition = composing.compose(form, by=request.user, dossier=found)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect("dossier", found.pk) if found else redirect("dossiers")
    return redirect("dossier", edition.dossier_id)


@require_GET
@for_composers
def dossier(request: SignedInRequest, pk: int) -> HttpResponse:
    """All versions of a dossier, with how far the last one is. Asked by htmx: only that."""
    found = get_object_or_404(own_dossiers(request), pk=pk)
    editions = list(found.editions.all())
    is_fragment = request.headers.get("HX-Request") == "true"
    made = None if is_fragment else next((one for one in editions if one.stage == Stage.MADE), None)
    context = {
        "dossier": found,
        "place": found.municipality,
        "kind": recipe_of(found),
        "editions": editions,
        "last": editions[0],
        "progress": Progress.of(editions[0], recipe_of(found).parts),
        "formats": FORMAT_NAMES,
        "shown": request.GET.get("versie", ""),
        "made": made,
        "changed": changes_since(made) if made and not made.day and not editions[0].is_busy else [],
    }
    return render(
        request, "griffie/dossiers/_editions.html" if is_fragment else "griffie/dossiers/dossier.html", context
    )


@require_POST
@for_composers
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    edition = own_edition(request, pk)
    if composing.cancel(edition, by=request.user):
        messages.success(request, "Geannuleerd.")
    else:
        messages.error(request, "Dit dossier was al klaar of gestopt.")
    return redirect("dossier", edition.dossier_id)


@require_POST
@for_composers
def again(request: SignedInRequest, pk: int) -> HttpResponse:
    edition = own_edition(request, pk)
    if composing.again(edition, by=request.user):
        messages.success(request, "Het dossier staat opnieuw in de rij.")
    else:
        messages.error(request, "Dit dossier is al klaar, of er wordt al een versie van gemaakt.")
    return redirect("dossier", edition.dossier_id)


@require_POST
@for_composers
def remove_template(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Template.objects.of_places(request.user.rights.composes), pk=pk)
    found.delete()
    messages.success(request, f"Sjabloon “{found.name}” is verwijderd. Dossiers die ermee gemaakt zijn, blijven.")
    return redirect("dossiers")


@require_GET
@for_composers
def file(request: SignedInRequest, pk: int, format: str) -> HttpResponse:
    """Always as a download, and in no cache."""
    found = get_object_or_404(
        DossierFile.objects.filter(edition__in=Edition.objects.of_places(request.user.rights.composes)),
        edition=pk,
        format=format,
    )
    if not hasattr(found, "kept"):
        raise Http404("Dit bestand is opgeruimd. Maak een nieuwe versie van het dossier.")
    response = HttpResponse(bytes(found.kept.content), content_type=TYPES[found.format])
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
