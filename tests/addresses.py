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
    "municipality_pdf": ["/gemeenten/lelystad.pdf"],
    "factsheet_pdf": ["/gemeenten/heerlen/factsheet.pdf"],
    "recommendations": ["/aanbevelingen/"],
    "recommendation": ["/aanbevelingen/rol/", "/aanbevelingen/heerlen-2-inzicht-financien/"],
    "good_practices": ["/voorbeelden/", "/voorbeelden/?gemeente=arnhem"],
    "research": ["/onderzoek/"],
    "missing": ["/onderzoek/wat-ontbreekt/"],
    "glossary": ["/begrippen/"],
    "about": ["/over/"],
    "accessibility": ["/toegankelijkheid/"],
    "privacy": ["/privacy/"],
    "security_txt": ["/.well-known/security.txt"],
    "alive": ["/gezond/leeft"],
    "ready": ["/gezond/klaar"],
}
FILES = {"matrix_pdf", "matrix_xlsx", "matrix_ods", "matrix_csv", "matrix_json", "municipality_pdf", "factsheet_pdf"}
PLAIN = {"security_txt", "alive", "ready"}
PAGES = [address for name, addresses in PUBLIC.items() if name not in FILES | PLAIN for address in addresses]
