"""The pages of a dossier as blocks to edit."""

from nplv_portal.lib.documents import Bullets, Heading, Paragraph, Run, Table, plain
from nplv_portal.lib.paper import blocks_of


def lines(html: str) -> list[tuple[str, str]]:
    found = []
    for block in blocks_of(f"<body>{html}</body>"):
        if isinstance(block, Heading | Paragraph):
            name = f"heading {block.level}" if isinstance(block, Heading) else block.kind
            found.append((name, plain(block.text)))
    return found


def test_a_label_comes_below_the_heading_that_stands_beside_it_and_before_a_text() -> None:
    pair = '<div class="pair"><p class="label">Lokaal</p><div class="text">{}</div></div>'
    assert lines(pair.format("<h3>Rol</h3><p>Tekst</p>")) == [
        ("heading 2", "Rol"),
        ("subheading", "Lokaal"),
        ("text", "Tekst"),
    ]
    assert lines(pair.format("<p>Tekst</p>")) == [("label", "Lokaal"), ("text", "Tekst")]
    assert lines(pair.format("")) == [("label", "Lokaal")]


def test_only_below_a_part_of_a_chapter_a_heading_is_of_the_third_level() -> None:
    html = '<h2>A</h2><h3>B</h3><h3 class="role">C</h3><h3>D</h3><h4>E</h4><h2>F</h2><p>G</p><h3>H</h3>'
    found = ["heading 1", "heading 2", "heading 2", "heading 3", "heading 3", "heading 1", "subheading", "heading 2"]
    assert [name for name, _ in lines(html)] == found


def test_a_table_keeps_its_rows_links_and_lines_and_is_named_by_the_heading_above_it() -> None:
    head = "<thead><tr><th>Wat</th><th>Wie</th></tr></thead>"
    cell = '<th><b>Besluit</b> over <a href="https://a.nl/">x</a><span class="question">Tekst</span></th>'
    row = f"<tr>{cell}<td>raad</td></tr>"
    table = blocks_of(f'<body><h2>Kop</h2><table data-widths="2 1">{head}<tbody>{row}</tbody></table></body>')[1]
    assert isinstance(table, Table)
    assert (table.caption, table.headings, table.widths) == ("Kop", ("Wat", "Wie"), (2, 1))
    ((first, second),) = table.rows
    assert (plain(first), plain(second)) == ("Besluit over x\nTekst", "raad")
    assert Run("x", link="https://a.nl/") in first


def test_a_table_without_headings_becomes_text_and_what_is_only_paper_is_left_out() -> None:
    html = """
        <section class="cover"><p class="cover-name">NPLV</p><h1 class="cover-title">Kop</h1><p>Versie 1</p></section>
        <section class="contents"><h2>Inhoud</h2><ol><li>Een</li></ol></section>
        <table><tr><th>Code</th><td><p><img src="x" alt="QR"></p><p><b>7K3M</b><br>
          Kijk   daar.</p></td></tr></table><ol><li> een </li></ol>"""
    assert lines(html) == [("text", "Versie 1"), ("label", "Code"), ("text", "7K3M\nKijk daar.")]
    assert blocks_of(f"<body>{html}</body>")[-1] == Bullets(((Run("een"),),), is_numbered=True)
