"""Who signs in. Named people only: an office or a municipality never shares a login."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    pass
