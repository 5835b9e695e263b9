from django.apps import AppConfig
from django.core.checks import Tags, register

from nplv_portal import portal_role


class PortalConfig(AppConfig):
    name = "nplv_portal"

    def ready(self) -> None:
        register(portal_role.check, Tags.database, deploy=True)
