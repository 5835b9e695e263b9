from django.apps import AppConfig


class WorkplaceConfig(AppConfig):
    name = "nplv_portal.workplace"
    label = "workplace"
