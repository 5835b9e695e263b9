"""The addresses of signing in. Of allauth only what stands here exists."""

from allauth.account import views as signing_in
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.urls import path

from nplv_portal.accounts import demo, views
from nplv_portal.accounts.views import ends_other_sessions

# Asked at each request: templates call what they can.
LOGIN = {"demo": demo.accounts, "cities": lambda: list(settings.OIDC_PROVIDERS.values())}
CODE = {"demo_code": demo.code}
RESET = {"sends_mail": lambda: bool(settings.EMAIL_URL)}

urlpatterns = [
    path("inloggen/", signing_in.LoginView.as_view(extra_context=LOGIN), name="account_login"),
    path("inloggen/code/", second_factor.AuthenticateView.as_view(extra_context=CODE), name="mfa_authenticate"),
    path("inloggen/geen-toegang/", signing_in.account_inactive, name="account_inactive"),
    path(
        "inloggen/wachtwoord-vergeten/",
        signing_in.PasswordResetView.as_view(extra_context=RESET),
        name="account_reset_password",
    ),
    path("inloggen/wachtwoord-vergeten/verstuurd/", signing_in.password_reset_done, name="account_reset_password_done"),
    path(
        "inloggen/wachtwoord-vergeten/klaar/",
        signing_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "inloggen/wachtwoord-vergeten/<slug:uidb36>/<slug:key>/",
        signing_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("inloggen/via/mislukt/", views.city_login_failed, name="city_login_failed"),
    path("inloggen/via/<slug:provider_id>/", views.city_login, name="openid_connect_login"),
    path("inloggen/via/<slug:provider_id>/terug/", openid_connect.callback, name="openid_connect_callback"),
    path("uitloggen/", signing_in.logout, name="account_logout"),
    path("uitnodiging/<slug:token>/", views.invitation, name="invitation"),
    path("account/", views.account, name="mfa_index"),
    path("account/herinneringen/", views.reminders, name="account_reminders"),
    path("account/verder/", views.onward, name="onward"),
    path("account/wachtwoord/", signing_in.password_change, name="account_change_password"),
    path("account/bevestigen/", signing_in.reauthenticate, name="account_reauthenticate"),
    path("account/bevestigen/code/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("account/bevestigen/sleutel/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/app/", ends_other_sessions(totp.activate_totp), name="mfa_activate_totp"),
    path("account/app/los/", ends_other_sessions(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/sleutels/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("account/sleutels/nieuw/", ends_other_sessions(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("account/sleutels/<int:pk>/weg/", views.remove_key, name="mfa_remove_webauthn"),
    path("account/herstelcodes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/herstelcodes/nieuw/",
        ends_other_sessions(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("werkplek/mensen/", views.people, name="people"),
    path("werkplek/mensen/geschiedenis/", views.people_history, name="people_history"),
    path("werkplek/mensen/uitnodigen/", views.invite, name="invite"),
    path("werkplek/mensen/uitnodiging/<int:pk>/intrekken/", views.revoke, name="revoke_invitation"),
    path("werkplek/mensen/<int:pk>/beeindigen/", views.end_membership, name="end_membership"),
]
