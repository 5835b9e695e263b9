from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "nplv_portal.dossiers"
    label = "dossiers"
