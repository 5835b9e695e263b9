from django.urls import path

from findings import views as findings
from nplv_portal import views
from nplv_portal.accounts.urls import urlpatterns as accounts
from nplv_portal.checking.urls import urlpatterns as checking
from nplv_portal.clerks.urls import urlpatterns as clerks
from nplv_portal.dossiers.urls import urlpatterns as dossiers
from nplv_portal.drafts.urls import urlpatterns as drafts
from nplv_portal.following.urls import urlpatterns as following
from nplv_portal.workplace.urls import urlpatterns as workplace
from recommendations import views as recommendations

urlpatterns = [
    path("", views.home, name="home"),
    path("vergelijking/", findings.matrix, name="matrix"),
    *[
        path(f"vergelijking.{format_}", findings.matrix_download, {"format": format_}, name=f"matrix_{format_}")
        for format_ in findings.DOWNLOADS
    ],
    path("vergelijking/<slug:slug>/", findings.aspect, name="aspect"),
    path("bevindingen/<slug:slug>/", views.finding, name="finding"),
    path("gemeenten/", views.municipalities, name="municipalities"),
    path("gemeenten/<slug:slug>/", views.municipality, name="municipality"),
    path("gemeenten/<slug:slug>.pdf", views.municipality_pdf, name="municipality_pdf"),
    *[
        path(f"gemeenten/<slug:slug>.{f}", views.municipality_download, {"format": f}, name=f"municipality_{f}")
        for f in ("xlsx", "ods", "json")
    ],
    path("gemeenten/<slug:slug>/factsheet.pdf", views.factsheet_pdf, name="factsheet_pdf"),
    path("gemeenten/<slug:slug>/<slug:part>/", views.municipality_section, name="municipality_section"),
    *[
        path(f"gemeenten/<slug:slug>/<slug:part>.{f}", views.municipality_download, {"format": f}, name=f"section_{f}")
        for f in ("xlsx", "ods", "csv", "json")
    ],
    path("aanbevelingen/", recommendations.recommendations, name="recommendations"),
    *[
        path(f"aanbevelingen.{f}", recommendations.recommendations_download, {"format": f}, name=f"recommendations_{f}")
        for f in findings.DOWNLOADS
    ],
    path("aanbevelingen/<slug:slug>/", recommendations.recommendation, name="recommendation"),
    path("voorbeelden/", recommendations.good_practices, name="good_practices"),
    path("voorbeelden/<slug:slug>/", views.good_practice, name="good_practice"),
    path("onderzoek/", views.research, name="research"),
    path("onderzoek/vragen/", views.questions, name="questions"),
    path("onderzoek/wat-ontbreekt/", views.missing, name="missing"),
    path("onderzoek/verschillen/", views.contradictions, name="contradictions"),
    path("onderzoek/bronnen/", views.sources, name="sources"),
    path("programma/", views.programme, name="programme"),
    path("tijdlijn/", views.timeline, name="timeline"),
    path("begrippen/", views.glossary, name="glossary"),
    path("over/", views.about, name="about"),
    path("toegankelijkheid/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("gezond/leeft", views.alive, name="alive"),
    path("gezond/klaar", views.ready, name="ready"),
    *accounts,
    *workplace,
    *dossiers,  # before the clerks: its addresses look like theirs
    *clerks,
    *drafts,
    *following,
    *checking,
]
