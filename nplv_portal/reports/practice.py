"""One good example: what it says, who took it over, and its versions."""

from __future__ import annotations

from dataclasses import dataclass

from nplv_portal.lib.moments import Moment
from nplv_portal.reports.finding import VersionLine, version_line
from recommendations.models import GoodPracticeVersion
from recommendations.published import Practice, practices_as_json


@dataclass(frozen=True)
class PracticePage:
    slug: str
    title: str
    municipality: str
    municipality_name: str
    moment: Moment
    practice: Practice | None  # None where what was public has been withdrawn
    versions: list[VersionLine]  # the latest first
    is_confirmed: bool  # entered by an audit office, not by the editors of the portal

    @classmethod
    def of(cls, slug: str, moment: Moment) -> PracticePage | None:
        """Two queries. None where nothing of this example was public by then."""
        found = GoodPracticeVersion.objects.public_by(moment.at).filter(record__slug=slug)
        versions = list(found.select_related("record__municipality").order_by("-number"))
        if not versions:
            return None
        latest = versions[0]
        current = practices_as_json(moment.at).filter(record__slug=slug).first()
        return cls(
            slug,
            latest.title,
            latest.record.municipality.slug,
            latest.record.municipality.name,
            moment,
            Practice.of(current["json"]) if current else None,
            [version_line(version, version.title, "", moment.at) for version in versions],
            latest.approved_by_id is not None,
        )
