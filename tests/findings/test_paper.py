"""How many columns go on a page."""

import pytest

from findings.paper import even_slices


@pytest.mark.parametrize(
    ("columns", "most", "lengths"),
    [(0, 5, []), (1, 5, [1]), (4, 5, [4]), (5, 5, [5]), (9, 8, [4, 5]), (20, 8, [6, 7, 7]), (16, 8, [8, 8])],
)
def test_columns_are_cut_into_as_few_parts_as_possible_of_about_one_length(
    columns: int, most: int, lengths: list[int]
) -> None:
    parts = [range(columns)[part] for part in even_slices(columns, most)]
    assert [len(part) for part in parts] == lengths
    assert [column for part in parts for column in part] == list(range(columns))
