from django.urls import path

from nplv_portal.drafts import views
from nplv_portal.lib.documents import FORMATS

urlpatterns = [
    path("bevindingen/<slug:slug>/raad/", views.finding_drafts, name="finding_drafts"),
    *[
        path(
            f"bevindingen/<slug:slug>/raad/<slug:piece>.{format_}",
            views.finding_draft,
            {"format": format_},
            name=f"finding_draft_{format_}",
        )
        for format_ in FORMATS
    ],
    path("aanbevelingen/<slug:slug>/raad/", views.advice_drafts, name="advice_drafts"),
    *[
        path(
            f"aanbevelingen/<slug:slug>/raad/<slug:piece>.{format_}",
            views.advice_draft,
            {"format": format_},
            name=f"advice_draft_{format_}",
        )
        for format_ in FORMATS
    ],
]
