"""Every public address of the portal, with an example of each. A new view fails the build until it stands here."""

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
    "recommendations": ["/aanbevelingen/"],
    "recommendation": ["/aanbevelingen/rol/", "/aanbevelingen/heerlen-2-inzicht-financien/"],
    "good_practices": ["/voorbeelden/", "/voorbeelden/?gemeente=arnhem"],
    "research": ["/onderzoek/"],
    "questions": ["/onderzoek/vragen/"],
    "missing": ["/onderzoek/wat-ontbreekt/"],
    "contradictions": ["/onderzoek/verschillen/"],
    "sources": ["/onderzoek/bronnen/"],
    "programme": ["/programma/"],
    "timeline": ["/tijdlijn/", "/tijdlijn/?gemeente=landelijk&soort=regeling"],
    "glossary": ["/begrippen/"],
    "about": ["/over/"],
    "accessibility": ["/toegankelijkheid/"],
    "privacy": ["/privacy/"],
    "security_txt": ["/.well-known/security.txt"],
    "alive": ["/gezond/leeft"],
    "ready": ["/gezond/klaar"],
}
FILES = {name for name in PUBLIC if name.endswith(("_pdf", "_xlsx", "_ods", "_csv", "_json"))}
PLAIN = {"security_txt", "alive", "ready"}
PAGES = [address for name, addresses in PUBLIC.items() if name not in FILES | PLAIN for address in addresses]
