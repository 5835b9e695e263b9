"""Every public address of the portal, with an example of each. A new view fails the build until it stands here."""

from typing import NamedTuple

PUBLIC = {
    "home": ["/"],
    "matrix": ["/vergelijking/", "/vergelijking/?weergave=volledig", "/vergelijking/?rol=controlerend&verschillen=1"],
    "matrix_pdf": ["/vergelijking.pdf?rol=volksvertegenwoordigend"],
    "matrix_xlsx": ["/vergelijking.xlsx"],
    "matrix_ods": ["/vergelijking.ods"],
    "matrix_csv": ["/vergelijking.csv"],
    "matrix_json": ["/vergelijking.json"],
    "aspect": ["/vergelijking/kaders/", "/vergelijking/raadsvoorstellen-acties/"],
    "finding": ["/bevindingen/overzicht-middelen-groningen-noord-start-2023-2025/"],
    "municipalities": ["/gemeenten/"],
    "municipality": ["/gemeenten/heerlen/", "/gemeenten/lelystad/", "/gemeenten/amsterdam/"],
    "municipality_pdf": ["/gemeenten/lelystad.pdf", "/gemeenten/heerlen.pdf?deel=geld&deel=cijfers"],
    "municipality_xlsx": ["/gemeenten/heerlen.xlsx"],
    "municipality_ods": ["/gemeenten/groningen.ods"],
    "municipality_json": ["/gemeenten/heerlen.json"],
    "municipality_section": [
        *(
            f"/gemeenten/heerlen/{part}/"
            for part in "raad aanbevelingen programma cijfers geld organisatie tijdlijn voorbeelden onderzoek".split()
        ),
        "/gemeenten/heerlen/tijdlijn/?soort=vraag&soort=antwoord&jaar=2021",
        *(f"/gemeenten/lelystad/{part}/" for part in "raad programma cijfers geld organisatie tijdlijn".split()),
        "/gemeenten/arnhem/geld/",
        "/gemeenten/amsterdam/raad/",
        "/gemeenten/amsterdam/onderzoek/",
    ],
    "section_xlsx": ["/gemeenten/heerlen/geld.xlsx"],
    "section_ods": ["/gemeenten/heerlen/organisatie.ods"],
    "section_csv": ["/gemeenten/heerlen/tijdlijn.csv"],
    "section_json": ["/gemeenten/heerlen/cijfers.json"],
    "factsheet_pdf": ["/gemeenten/heerlen/factsheet.pdf"],
    "recommendations": [
        "/aanbevelingen/",
        "/aanbevelingen/?gemeente=heerlen&soort=lokaal",
        "/aanbevelingen/?stand=geen-besluit-bekend",
        "/aanbevelingen/?verstreken=1",
    ],
    "recommendations_pdf": ["/aanbevelingen.pdf?gemeente=heerlen&gemeente=arnhem"],
    "recommendations_xlsx": ["/aanbevelingen.xlsx"],
    "recommendations_ods": ["/aanbevelingen.ods"],
    "recommendations_csv": ["/aanbevelingen.csv"],
    "recommendations_json": ["/aanbevelingen.json?op=2025-02-01"],
    "recommendation": ["/aanbevelingen/rol/", "/aanbevelingen/heerlen-2-inzicht-financien/"],
    "finding_drafts": [
        "/bevindingen/overzicht-middelen-groningen-noord-start-2023-2025/raad/",
        "/bevindingen/kaders-lelystad-oost-start-2023-2025/raad/?op=2025-02-01",
    ],
    "finding_draft_docx": ["/bevindingen/monitoring-heerlen-noord-start-2023-2025/raad/schriftelijke-vragen.docx"],
    "finding_draft_odt": ["/bevindingen/monitoring-heerlen-noord-start-2023-2025/raad/motie.odt"],
    "advice_drafts": [
        "/aanbevelingen/rol/raad/",
        "/aanbevelingen/inzicht/raad/?gemeente=arnhem",
        "/aanbevelingen/heerlen-2-inzicht-financien/raad/",
    ],
    "advice_draft_docx": ["/aanbevelingen/rol/raad/agendapunt.docx?gemeente=groningen"],
    "advice_draft_odt": ["/aanbevelingen/heerlen-2-inzicht-financien/raad/schriftelijke-vragen.odt"],
    "good_practices": ["/voorbeelden/", "/voorbeelden/?gemeente=arnhem", "/voorbeelden/?aspect=bewonersparticipatie"],
    "good_practice": ["/voorbeelden/klankbordgroep/", "/voorbeelden/meedenkgroep-bewoners/"],
    "research": ["/onderzoek/"],
    "questions": ["/onderzoek/vragen/"],
    "missing": ["/onderzoek/wat-ontbreekt/"],
    "contradictions": ["/onderzoek/verschillen/"],
    "sources": ["/onderzoek/bronnen/"],
    "programme": ["/programma/"],
    "timeline": ["/tijdlijn/", "/tijdlijn/?gemeente=landelijk&soort=regeling"],
    "following": ["/volgen/", "/volgen/?gemeente=heerlen", "/volgen/?woorden=monitoring"],
    "feed_all": ["/volgen/alles.atom"],
    "feed_municipality": ["/volgen/gemeente/heerlen.atom"],
    "feed_role": ["/volgen/rol/controlerend.atom"],
    "feed_recommendation": ["/volgen/aanbeveling/rol.atom"],
    "feed_search": ["/volgen/zoeken.atom?q=monitoring", "/volgen/zoeken.atom"],
    "calendar_municipality": ["/volgen/gemeente/heerlen.ics"],
    "checking": ["/controle/", "/controle/?code=7K3M"],
    "copy": ["/controle/7K3M-9QXA-2RVC/"],
    "calendar_all": ["/volgen/alles.ics"],
    "calendar_role": ["/volgen/rol/controlerend.ics"],
    "calendar_recommendation": ["/volgen/aanbeveling/rol.ics"],
    "glossary": ["/begrippen/"],
    "about": ["/over/"],
    "accessibility": ["/toegankelijkheid/"],
    "privacy": ["/privacy/"],
    "security_txt": ["/.well-known/security.txt"],
    "alive": ["/gezond/leeft"],
    "ready": ["/gezond/klaar"],
}
# Open to everyone too, but about one visitor: no cache keeps them, and they may set a cookie.
ENTRANCE = {
    "account_login": ["/inloggen/"],
    "account_logout": ["/uitloggen/"],
    "account_inactive": ["/inloggen/geen-toegang/"],
    "account_reset_password": ["/inloggen/wachtwoord-vergeten/"],
    "account_reset_password_done": ["/inloggen/wachtwoord-vergeten/verstuurd/"],
    "account_reset_password_from_key": ["/inloggen/wachtwoord-vergeten/1/geen-sleutel/"],
    "account_reset_password_from_key_done": ["/inloggen/wachtwoord-vergeten/klaar/"],
    "mfa_authenticate": ["/inloggen/code/"],
    "openid_connect_login": ["/inloggen/via/nergens/"],
    "openid_connect_callback": ["/inloggen/via/nergens/terug/"],
    "city_login_failed": ["/inloggen/via/mislukt/"],
    "invitation": ["/uitnodiging/geen-geldige-sleutel/"],
    "check_file": ["/controle/bestand/"],
    "follow_by_mail": ["/volgen/per-mail/"],
    "follow_asked": ["/volgen/per-mail/gevraagd/"],
    "confirm_following": ["/volgen/per-mail/bevestig/geen-geldige-sleutel/"],
    "manage_following": ["/volgen/per-mail/beheer/geen-geldige-sleutel/"],
    "stop_following": ["/volgen/per-mail/stop/geen-geldige-sleutel/"],
}


class Closed(NamedTuple):
    address: str
    roles: frozenset[str] = frozenset()
    posts: bool = False  # answers no GET


EVERYONE = frozenset({"researcher", "secretary", "clerk", "official", "councillor", "administrator"})
OFFICE = frozenset({"researcher", "secretary"})
SECRETARY = frozenset({"secretary"})
ADMINISTRATOR = frozenset({"administrator"})
COMPOSERS = OFFICE | {"clerk"}
FOLLOWERS = OFFICE | {"clerk", "official"}
FOLLOWED = "/griffie/heerlen/heerlen-2-inzicht-financien/"
ROUND = "/werkplek/ronden/start-2023-2025/"
HEARING = "/werkplek/wederhoor/1/"
TEXT = "/werkplek/gegevens/bevindingen/1/"

# Every closed address, and the roles (at the office or the municipality of Heerlen) that it answers. A new view fails
# the build until it stands here. What someone may do within a page, the tests of that page say.
SIGNED_IN = {
    "mfa_index": Closed("/account/", EVERYONE),
    "account_reminders": Closed("/account/herinneringen/", EVERYONE, posts=True),
    "onward": Closed("/account/verder/", EVERYONE),
    "account_change_password": Closed("/account/wachtwoord/", EVERYONE),
    "account_reauthenticate": Closed("/account/bevestigen/", EVERYONE),
    "mfa_reauthenticate": Closed("/account/bevestigen/code/", EVERYONE),
    "mfa_reauthenticate_webauthn": Closed("/account/bevestigen/sleutel/", EVERYONE),
    "mfa_activate_totp": Closed("/account/app/", EVERYONE),
    "mfa_deactivate_totp": Closed("/account/app/los/", EVERYONE),
    "mfa_list_webauthn": Closed("/account/sleutels/", EVERYONE),
    "mfa_add_webauthn": Closed("/account/sleutels/nieuw/", EVERYONE),
    "mfa_remove_webauthn": Closed("/account/sleutels/1/weg/", EVERYONE),
    "mfa_view_recovery_codes": Closed("/account/herstelcodes/", EVERYONE),
    "mfa_generate_recovery_codes": Closed("/account/herstelcodes/nieuw/", EVERYONE),
    "people": Closed("/werkplek/mensen/", ADMINISTRATOR),
    "people_history": Closed("/werkplek/mensen/geschiedenis/", ADMINISTRATOR),
    "invite": Closed("/werkplek/mensen/uitnodigen/", ADMINISTRATOR),
    "revoke_invitation": Closed("/werkplek/mensen/uitnodiging/1/intrekken/", ADMINISTRATOR, posts=True),
    "end_membership": Closed("/werkplek/mensen/1/beeindigen/", ADMINISTRATOR),
    "clerks": Closed("/griffie/", FOLLOWERS),
    "followed": Closed(FOLLOWED, FOLLOWERS),
    "rules_of_order": Closed("/griffie/heerlen/reglement-van-orde/", frozenset({"clerk"})),
    "step": Closed(f"{FOLLOWED}decision/", frozenset({"clerk"})),
    "confirm_closing": Closed(f"{FOLLOWED}afsluiten/", OFFICE, posts=True),
    "correct_step": Closed("/griffie/stap/1/verbeter/", frozenset({"clerk"})),
    "withdraw_step": Closed("/griffie/stap/1/vervalt/", frozenset({"clerk"}), posts=True),
    "reuses": Closed("/griffie/overgenomen/heerlen/", frozenset({"clerk", "official"})),
    "reuse": Closed("/griffie/overgenomen/heerlen/noteer/", frozenset({"clerk", "official"})),
    "correct_reuse": Closed("/griffie/overgenomen/1/verbeter/", frozenset({"clerk", "official"})),
    "withdraw_reuse": Closed("/griffie/overgenomen/1/vervalt/", frozenset({"clerk", "official"}), posts=True),
    "evidence": Closed("/griffie/bewijs/1/", FOLLOWERS),
    "dossiers": Closed("/griffie/dossiers/", COMPOSERS),
    "compose_dossier": Closed("/griffie/dossiers/nieuw/heerlen/jaaroverzicht/", COMPOSERS),
    "dossier": Closed("/griffie/dossiers/1/", COMPOSERS),
    "renew_dossier": Closed("/griffie/dossiers/1/nieuwe-versie/", COMPOSERS),
    "dossier_again": Closed("/griffie/dossiers/versie/1/opnieuw/", COMPOSERS, posts=True),
    "cancel_dossier": Closed("/griffie/dossiers/versie/1/annuleer/", COMPOSERS, posts=True),
    "dossier_file": Closed("/griffie/dossiers/versie/1.json", COMPOSERS),
    "remove_dossier_template": Closed("/griffie/dossiers/sjabloon/1/verwijder/", COMPOSERS, posts=True),
    "work": Closed("/werkplek/", OFFICE),
    "work_publish": Closed("/werkplek/publiceren/", SECRETARY),
    "work_early": Closed("/werkplek/onder-embargo/", OFFICE | {"clerk", "councillor"}),
    "work_rounds": Closed("/werkplek/ronden/", OFFICE),
    "work_new_round": Closed("/werkplek/ronden/nieuw/", SECRETARY),
    "work_participate": Closed(f"{ROUND}deelnemers/", SECRETARY),
    "work_next_status": Closed(f"{ROUND}verder/", SECRETARY, posts=True),
    "work_previous_status": Closed(f"{ROUND}terug/", SECRETARY),
    "work_documents": Closed("/werkplek/bronnen/", OFFICE),
    "work_new_document": Closed("/werkplek/bronnen/nieuw/", OFFICE),
    "work_document": Closed("/werkplek/bronnen/document/S0/", OFFICE),
    "work_new_office": Closed("/werkplek/rekenkamers/nieuw/"),  # superusers only
    "work_hearings": Closed("/werkplek/wederhoor/", OFFICE | {"official"}),
    "work_new_hearing": Closed("/werkplek/wederhoor/nieuw/", OFFICE),
    "work_hearing": Closed(HEARING, OFFICE | {"official"}),
    "work_hearing_close": Closed(f"{HEARING}sluit/", OFFICE),
    "work_hearing_reopen": Closed(f"{HEARING}open/", SECRETARY),
    "work_hearing_send": Closed(f"{HEARING}verstuur/", frozenset({"official"})),
    **{
        f"work_hearing_{format_}": Closed(f"{HEARING}reacties.{format_}", OFFICE | {"official"})
        for format_ in ("xlsx", "ods", "csv")
    },
    "work_hearing_pdf": Closed(f"{HEARING}wederhoor.pdf", OFFICE | {"official"}),
    "work_hearing_take_up": Closed(f"{HEARING}1/neem-op/", OFFICE, posts=True),
    "work_hearing_react": Closed(f"{HEARING}reageer/", frozenset({"official"}), posts=True),
    "work_hearing_answer": Closed(f"{HEARING}nawoord/", OFFICE, posts=True),
    "work_import": Closed("/werkplek/import/", OFFICE),
    "work_rehearsal": Closed("/werkplek/import/1/", OFFICE),
    "work_sheet": Closed("/werkplek/import/start-2023-2025/heerlen-noord.csv", OFFICE),
    "work_cell": Closed("/werkplek/ronde/start-2023-2025/heerlen-noord/kaders/", OFFICE),
    "work_records": Closed("/werkplek/gegevens/bevindingen/", OFFICE),
    "work_new": Closed("/werkplek/gegevens/bedragen/nieuw/", OFFICE),
    "work_read": Closed(TEXT, OFFICE),
    "work_edit": Closed(f"{TEXT}schrijf/", OFFICE),
    "work_next": Closed(f"{TEXT}verbeter/", OFFICE, posts=True),
    "work_answer": Closed(f"{TEXT}opmerking/1/", OFFICE, posts=True),
    "work_move": Closed(f"{TEXT}ter-beoordeling/", OFFICE, posts=True),
}

FILE_ENDS = ("_pdf", "_xlsx", "_ods", "_csv", "_json", "_docx", "_odt")
FILES = {name for name in PUBLIC if name.endswith(FILE_ENDS) or name.startswith("feed_")}
PLAIN = {"security_txt", "alive", "ready"} | {name for name in PUBLIC if name.startswith("calendar")}
PAGES = [address for name, addresses in PUBLIC.items() if name not in FILES | PLAIN for address in addresses]
