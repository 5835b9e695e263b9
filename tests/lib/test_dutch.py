from nplv_portal.lib import dutch


def test_small_numbers_are_words() -> None:
    assert [dutch.number(n) for n in (0, 1, 4, 12, 13)] == ["nul", "één", "vier", "twaalf", "13"]


def test_counted_things_agree_with_their_number() -> None:
    assert dutch.counted(1, "gemeente", "gemeenten") == "één gemeente"
    assert dutch.counted(20, "gemeente", "gemeenten") == "20 gemeenten"


def test_all_of_two_is_both() -> None:
    assert (dutch.all_of(2), dutch.all_of(4)) == ("beide", "alle vier")


def test_a_list_reads_as_a_sentence() -> None:
    assert [dutch.listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a en b",
        "a, b en c",
    ]


def test_a_sentence_ends_once() -> None:
    texts = ["het besluit", "Het besluit.", "welk besluit?", "het begin …", ""]
    assert [dutch.sentence(text) for text in texts] == [
        "Het besluit.",
        "Het besluit.",
        "Welk besluit?",
        "Het begin …",
        "",
    ]
