"""What people and machines type into forms: the categories of bad input, ten of each; and a form as a browser reads it.

The other categories are not about what stands in a field: tests/workplace/test_bad_requests.py has HTTP, CSRF, cookies,
mass assignment and two people at once; tests/lib/test_sheets.py and tests/workplace/test_import.py have the files.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

FAMILY = "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}\N{ZERO WIDTH JOINER}\N{BOY}"
VALUES = {
    "lengths": ["x" * size for size in (21, 41, 61, 71, 101, 151, 201, 301, 501, 20_001)],
    "lines": ["", " ", "\n\ntekst", "regel\r\n" * 4_000, "\n" * 9_000, "x\n", " x ", "\t", "\u2028\u2029x", "a\rb"],
    "unicode": [
        "nul\x00nul",
        "\u202egnilav\u202c",
        "a\u200bb\u200d\ufeff",
        "e" + "\u0301" * 1_000,
        "e\u0301 \u00e9",
        FAMILY,
        "１２３",
        "\u0132sland \ufb01",
        "\ufeffbom",
        "\x01\x0b\x1f\x7f\x85\ufffe\U0010ffff",
    ],
    "html": [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</textarea><script>alert(1)</script>",
        "{{ 7|add:7 }}{% debug %}",
        "<!-- x",
        "&lt;b&gt; &amp;amp; &#0;",
        "]]><![CDATA[",
        "${7*7} #{7*7} <%= 7*7 %>",
        "' onfocus=alert(1) autofocus '",
        "<svg/onload=alert(1)>",
    ],
    "links": [
        "javascript:alert(1)",
        "[x](javascript:alert(1))",
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        '<a href="javascript:alert(1)">x</a>',
        "data:text/html,<script>alert(1)</script>",
        "[" * 10_000,
        "> " * 5_000,
        "|a|b|\n|-|-|\n" + "|x|y|\n" * 2_000,
        "https://evil.example/?a=1&b=2",
        "# " * 1_000,
    ],
    "queries": [
        "' OR 1=1 --",
        "x'); DROP TABLE findings_finding; --",
        "record__slug__startswith",
        "__class__",
        "-pk",
        "%",
        "\\",
        "$1",
        "pg_sleep(9)",
        "?,%s",
    ],
    "ids": [
        "-1",
        "0",
        str(2**31),
        str(2**63),
        "9" * 5_000,
        "1e3",
        "null",
        "1,2",
        "c1e1b1d4-0000-0000-0000-000000000000",
        "\u0663",
    ],
    "dates": [
        "31-02-2025",
        "2025-02-31",
        "0000",
        "0000-00-00",
        "9999-12-31",
        "2027-03-28T02:30",
        "02/03/2025",
        "2025-W05",
        "infinity",
        "9999-12-31T23:59-12:00",
    ],
    "numbers": ["1e309", "NaN", "-inf", "1.234,5", "1,234.5", "1.500", "0x10", "-0", "1_000", "1" + "0" * 400],
    "choices": ["published", "draft->published", "GEREGELD", "None", "True", "[]", "{}", "in_place ", "on", "__all__"],
    "addresses": ["../../etc/passwd", "%00", "%252e%252e", "..\\", "/", "?a=b#c", "a/b", "x." * 50, "\xc0\xaf", "con"],
    "sheets": ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "a;b", "a,b", '"', 'a""b', "\r=cmd|' /C calc'!A0"],
    "paper": [
        "w" * 10_000,
        "<h1>kop</h1>" * 1_000,
        "<table>" + "<tr><td colspan=65534>x" * 500,
        "<div>" * 2_000,
        "\u00ad" * 5_000,
        "a-" * 5_000,
        "\u0e01" * 3_000,
        "@page{size:1px}",
        "url(file:///etc/passwd)",
        "\N{PILE OF POO}" * 2_000,
    ],
}
MARKS = ("<script>alert", "<img src=x", "<svg/onload", 'href="javascript:')  # would be markup, if not escaped


class Form:
    def __init__(self, action: str) -> None:
        self.action = action
        self.values: dict[str, Any] = {}  # what a browser sends when nobody types
        self.typed: dict[str, int] = {}  # name of what one types in → most characters
        self.chosen: dict[str, list[str]] = {}  # name of what one chooses → the options


class Page(HTMLParser):
    """The forms of a page, as a browser takes them from the HTML."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        self.forms: list[Form] = [Form("")]
        self.area = self.select = ""
        # as HTML says: line ends are one character, and of a textarea the first one does not count
        self.feed(response.content.decode().replace("\r\n", "\n").replace("\r", "\n"))

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        a, form = dict(attributes), self.forms[-1]
        name, kind = a.get("name", ""), a.get("type", "text")
        if tag == "form":
            self.forms.append(Form(a.get("action", "")))
        elif tag == "textarea":
            self.area, form.values[name], form.typed[name] = name, "", int(a.get("maxlength", 5_000))
        elif tag == "select":
            self.select, form.chosen[name] = name, []
            if "multiple" in a:
                form.values[name] = []
        elif tag == "option" and self.select:
            self.choose(form, a["value"], "selected" in a)
        elif tag == "input" and kind in {"checkbox", "radio"}:
            form.chosen.setdefault(name, []).append(a.get("value", "on"))
            if "checked" in a:
                form.values.setdefault(name, []).append(a.get("value", "on"))
        elif tag == "input" and name and kind != "file":
            form.values[name] = a.get("value") or ""
            if kind != "hidden":
                form.typed[name] = int(a.get("maxlength", 5_000))

    def choose(self, form: Form, value: str, is_selected: bool) -> None:
        form.chosen[self.select].append(value)
        if isinstance(known := form.values.get(self.select), list):
            form.values[self.select] = [*known, value] if is_selected else known
        elif is_selected or known is None:
            form.values[self.select] = value

    def handle_endtag(self, tag: str) -> None:
        form = self.forms[-1]
        if tag == "textarea":
            form.values[self.area] = form.values[self.area].removeprefix("\n")
            self.area = ""
        elif tag == "select":
            self.select = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.forms[-1].values[self.area] += data

    def form(self, action: str = "") -> Form:
        """The last one that is sent to an address that ends so."""
        return next(form for form in reversed(self.forms) if form.action.endswith(action) and len(form.values) > 1)


def as_html(text: str) -> str:
    """A text as it comes out of a page again."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\N{REPLACEMENT CHARACTER}")
