"""How people sign in: what we decide differently from django-allauth, which does the rest."""

from __future__ import annotations

import logging
import time
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_ipv46_address
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from nplv_portal.accounts.city_login import City
from nplv_portal.accounts.models import User
from nplv_portal.accounts.sealing import seal, unseal
from nplv_portal.accounts.tasks import mail_notification
from nplv_portal.lib.qr import QrCode

logger = logging.getLogger(__name__)

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"  # in the session, in seconds since 1970
THIS_MACHINE = {"127.0.0.1", "::1"}


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Asked at every request: whoever may no longer enter is signed out at once."""

    def user_can_authenticate(self, user: AbstractBaseUser) -> bool:
        return isinstance(user, User) and user.may_enter()


class LongEnough(MinimumLengthValidator):
    def get_error_message(self) -> str:
        """Django's own is not translated."""
        return f"Dit wachtwoord is te kort. Neem ten minste {self.min_length} tekens."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Dit e-mailadres en wachtwoord horen niet bij elkaar. Kijk beide na.",
        "enter_current_password": "Dit is niet uw huidige wachtwoord.",  # nosec B105
        "incorrect_password": "Dit is niet uw wachtwoord.",  # nosec B105
        "incorrect_code": "Deze code klopt niet, of is al gebruikt. Wacht op de volgende code en probeer het opnieuw.",
        "too_many_login_attempts": "Te veel pogingen. Wacht vijf minuten en probeer het opnieuw.",
        "rate_limited": "Te veel pogingen. Wacht vijf minuten en probeer het opnieuw.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        if isinstance(user, User) and not user.may_enter():
            return redirect("account_inactive")
        return super().pre_login(request, user, **kwargs)  # type: ignore[no-any-return]

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in just now need not do so again to set up a second factor."""
        since: float = time.time() - context.request.session.get(SIGNED_IN_AT, 0)
        return since > float(settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def get_client_ip(self, request: HttpRequest) -> str:
        direct = request.META.get("REMOTE_ADDR") or "127.0.0.1"
        header = settings.PROXY_IP_HEADER or ("X-Forwarded-For" if direct in THIS_MACHINE else "")
        said = request.headers.get(header, "").rpartition(",")[2].strip() if header else ""
        try:
            validate_ipv46_address(said)
        except ValidationError:
            return direct
        return said

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """allauth's own holds the host as the request names it, so that another port would give new attempts."""
        return str(credentials.get("email", "")).strip().lower()

    def send_notification_mail(
        self, template_prefix: str, user: AbstractBaseUser, context: dict[str, Any] | None = None, email: str = ""
    ) -> None:
        if settings.EMAIL_URL:
            mail_notification.defer(user=user.pk, what=NOTIFICATIONS[template_prefix])


NOTIFICATIONS = {
    "account/email/password_changed": "Uw wachtwoord is gewijzigd.",
    "account/email/password_reset": "Uw wachtwoord is gewijzigd.",
    "mfa/email/totp_activated": "Er is een app gekoppeld die codes maakt om in te loggen.",
    "mfa/email/totp_deactivated": "De app die codes maakt om in te loggen is losgekoppeld.",
    "mfa/email/webauthn_added": "Er is een beveiligingssleutel toegevoegd.",
    "mfa/email/webauthn_removed": "Er is een beveiligingssleutel verwijderd.",
    "mfa/email/recovery_codes_generated": "Er zijn nieuwe herstelcodes gemaakt. De oude werken niet meer.",
}


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "Voor uw rol is een tweede stap verplicht. Koppel eerst een andere.",
        "cannot_generate_recovery_codes": "Herstelcodes horen bij een tweede stap. Koppel die eerst.",
        "incorrect_code": "Deze code klopt niet, of is al gebruikt. Wacht op de volgende code en probeer het opnieuw.",
    }

    def build_totp_svg(self, url: str) -> str:
        """An SVG for in the page itself; allauth's own is a file of its own."""
        return QrCode(url, "QR-code om met uw app te scannen. De sleutel staat er ook als tekst onder.").svg

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = User.objects.get(pk=authenticator.user_id)
        others = user.second_factors().exclude(pk=authenticator.pk)
        return not user.needs_second_factor or others.exists()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": "Raadsportaal NPLV"}


class CityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A city's own identity provider tells who someone is; what they may do is decided here alone."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """allauth's own knows nothing of organisations; see pre_social_login."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        city = settings.OIDC_PROVIDERS[sociallogin.account.provider]
        user = self.person_of(sociallogin, city) if sociallogin.state.get("process") == AuthProcess.LOGIN else None
        if user is None:
            raise ImmediateHttpResponse(redirect("city_login_failed"))
        if sociallogin.account.pk is None:
            sociallogin.account.user = user
            sociallogin.account.extra_data = {}  # what else it told of someone is not ours to keep
            sociallogin.account.save()
        sociallogin.user = user

    def person_of(self, sociallogin: SocialLogin, city: City) -> User | None:
        """Whom we know already: by an earlier time, or at first by an address that this city may vouch for."""
        told = {address.email.lower() for address in sociallogin.email_addresses if address.verified}
        vouched = {email for email in told if email.rpartition("@")[2] in city.domains}
        if sociallogin.account.pk:
            user = User.objects.get(pk=sociallogin.account.user_id)
        else:
            known = User.objects.filter(email__in=vouched).first()
            if known is None or SocialAccount.objects.filter(provider=city.id, user_id=known.pk).exists():
                return None  # the second: an address that the city gave out anew, to someone else
            user = known
        mine = user.memberships.current().filter(Q(office__slug=city.office) | Q(municipality__slug=city.municipality))
        return user if vouched and mine.exists() else None

    def serialize_instance(self, instance: Any) -> Any:
        """For the session, while someone looks for the code. allauth's own keeps the hash of the password there."""
        return {"pk": instance.pk} if isinstance(instance, User) else super().serialize_instance(instance)

    def deserialize_instance(self, model: Any, data: Any) -> Any:
        return User.objects.get(pk=data["pk"]) if model is User else super().deserialize_instance(model, data)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        logger.warning("signing in via %s failed: %s", provider.sub_id, kwargs.get("exception") or kwargs.get("error"))
        raise ImmediateHttpResponse(redirect("city_login_failed"))
