"""The example set, for training and screenshots: municipalities that do not exist, and every state a record can be in.

Nothing in it is random: what a record says follows from its round, area and aspect. Each draft carries a mark of its
own, "(concept 00275)", that no page, export or feed may ever show.
"""

from django.db import transaction
from django.db.models import Q

from focusareas.models import Municipality
from nplv_portal.example.batch import Batch
from nplv_portal.example.figures import add_figures
from nplv_portal.example.findings import add_findings
from nplv_portal.example.money import add_money
from nplv_portal.example.organisation import add_organisation
from nplv_portal.example.recommendations import add_practices, add_recommendations
from nplv_portal.example.reuse import add_reuses
from nplv_portal.example.statements import add_statements
from nplv_portal.example.timeline import add_national_frame, add_timeline
from nplv_portal.example.world import World
from nplv_portal.sources.models import LoadedFixture

MAX_AREAS, MAX_ROUNDS = 500, 20
FICTIONAL = Q(slug__startswith="voorbeeld-", cbs_code__startswith="GM9")


def is_example_database() -> bool:
    """Whether this database holds the example set. Real data never goes into it."""
    return Municipality.objects.filter(FICTIONAL).exists()


def holds_real_data() -> bool:
    return Municipality.objects.exclude(FICTIONAL).exists()


def size(areas: int, rounds: int) -> str:
    return f"{areas} focusgebieden en {rounds} onderzoeksronden"


def loaded_size() -> str:
    """As `size` says it; empty if the set is not here."""
    return LoadedFixture.objects.filter(table="example").values_list("digest", flat=True).first() or ""


@transaction.atomic
def load(areas: int, rounds: int) -> None:
    batch = Batch()
    world = World(batch, areas, rounds)
    add_findings(batch, world)
    add_statements(batch, world)
    add_figures(batch, world)
    add_money(batch, world)
    add_organisation(batch, world)
    add_timeline(batch, world)
    add_national_frame(batch, world)
    umbrella = add_recommendations(batch, world)
    add_practices(batch, world, umbrella)
    add_reuses(batch, world, umbrella)
    batch.add(LoadedFixture(table="example", key="size", digest=size(areas, rounds)))
    batch.save()
