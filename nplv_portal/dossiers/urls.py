from django.urls import path

from nplv_portal.dossiers import views

urlpatterns = [
    path("griffie/dossiers/", views.dossiers, name="dossiers"),
    path("griffie/dossiers/nieuw/<slug:municipality>/<slug:kind>/", views.compose, name="compose_dossier"),
    path("griffie/dossiers/sjabloon/<int:pk>/verwijder/", views.remove_template, name="remove_dossier_template"),
    path("griffie/dossiers/<int:pk>/", views.dossier, name="dossier"),
    path("griffie/dossiers/<int:pk>/nieuwe-versie/", views.renew, name="renew_dossier"),
    path("griffie/dossiers/versie/<int:pk>/annuleer/", views.cancel, name="cancel_dossier"),
    path("griffie/dossiers/versie/<int:pk>/opnieuw/", views.again, name="dossier_again"),
    path("griffie/dossiers/versie/<int:pk>.<slug:format>", views.file, name="dossier_file"),
]
