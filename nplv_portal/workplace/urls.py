from django.urls import path, re_path

from nplv_portal.workplace import documents_views, hearings_views, import_views, rounds_views, views

urlpatterns = [
    path("werkplek/", views.desk, name="work"),
    path("werkplek/publiceren/", views.publish, name="work_publish"),
    path("werkplek/onder-embargo/", views.early, name="work_early"),
    path("werkplek/wederhoor/", hearings_views.hearings, name="work_hearings"),
    path("werkplek/wederhoor/nieuw/", hearings_views.new_hearing, name="work_new_hearing"),
    path("werkplek/wederhoor/<int:pk>/", hearings_views.hearing, name="work_hearing"),
    path("werkplek/wederhoor/<int:pk>/sluit/", hearings_views.hearing_close, name="work_hearing_close"),
    path("werkplek/wederhoor/<int:pk>/open/", hearings_views.hearing_reopen, name="work_hearing_reopen"),
    path("werkplek/wederhoor/<int:pk>/verstuur/", hearings_views.hearing_send, name="work_hearing_send"),
    *[
        path(
            f"werkplek/wederhoor/<int:pk>/reacties.{f}",
            hearings_views.hearing_download,
            {"format": f},
            name=f"work_hearing_{f}",
        )
        for f in ("xlsx", "ods", "csv")
    ],
    path("werkplek/wederhoor/<int:pk>/wederhoor.pdf", hearings_views.hearing_pdf, name="work_hearing_pdf"),
    path(
        "werkplek/wederhoor/<int:pk>/<int:item>/neem-op/", hearings_views.hearing_take_up, name="work_hearing_take_up"
    ),
    path("werkplek/wederhoor/<int:pk>/reageer/", hearings_views.hearing_react, name="work_hearing_react"),
    path("werkplek/wederhoor/<int:pk>/nawoord/", hearings_views.hearing_answer, name="work_hearing_answer"),
    path("werkplek/ronden/", rounds_views.rounds, name="work_rounds"),
    path("werkplek/ronden/nieuw/", rounds_views.new_round, name="work_new_round"),
    path("werkplek/ronden/<slug:round>/deelnemers/", rounds_views.participate, name="work_participate"),
    path("werkplek/ronden/<slug:round>/verder/", rounds_views.next_status, name="work_next_status"),
    path("werkplek/ronden/<slug:round>/terug/", rounds_views.previous_status, name="work_previous_status"),
    path("werkplek/bronnen/", documents_views.documents, name="work_documents"),
    path("werkplek/bronnen/nieuw/", documents_views.new_document, name="work_new_document"),
    path("werkplek/bronnen/document/<slug:slug>/", documents_views.document, name="work_document"),
    path("werkplek/rekenkamers/nieuw/", rounds_views.new_office, name="work_new_office"),
    path("werkplek/import/", import_views.start, name="work_import"),
    path("werkplek/import/<int:pk>/", import_views.rehearsal, name="work_rehearsal"),
    re_path(
        r"^werkplek/import/(?P<round>[-\w]+)/(?P<area>[-\w]+)\.(?P<format>xlsx|ods|csv)$",
        import_views.export,
        name="work_sheet",
    ),
    path("werkplek/ronde/<slug:round>/<slug:area>/<slug:aspect>/", views.cell, name="work_cell"),
    path("werkplek/gegevens/<slug:kind>/", views.records, name="work_records"),
    path("werkplek/gegevens/<slug:kind>/nieuw/", views.new, name="work_new"),
    path("werkplek/gegevens/<slug:kind>/<int:pk>/", views.read, name="work_read"),
    path("werkplek/gegevens/<slug:kind>/<int:pk>/schrijf/", views.edit, name="work_edit"),
    path("werkplek/gegevens/<slug:kind>/<int:pk>/verbeter/", views.start_next, name="work_next"),
    path("werkplek/gegevens/<slug:kind>/<int:pk>/opmerking/<int:remark>/", views.answer, name="work_answer"),
    path("werkplek/gegevens/<slug:kind>/<int:pk>/<slug:what>/", views.move, name="work_move"),
]
