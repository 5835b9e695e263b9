import pytest

from nplv_portal.lib.partial_dates import PartialDate


@pytest.mark.parametrize(
    ("iso", "text"), [("2023", "2023"), ("2023-09", "september 2023"), ("2023-09-04", "4 september 2023")]
)
def test_a_date_shows_what_is_known(iso: str, text: str) -> None:
    assert str(PartialDate(iso)) == text


@pytest.mark.parametrize(
    "wrong", ["", "23", "2023-13", "2023-9", "2023-02-30", "2023-09-04T10:00", "dag", "0000", "２０２３"]
)
def test_anything_else_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"is geen datum|(day|year 0) is out of range"):
        PartialDate(wrong)


def test_dates_sort_by_what_is_known() -> None:
    dates = [PartialDate(iso) for iso in ("2023-09-04", "2022", "2023", "2023-09")]
    assert [date.iso for date in sorted(dates)] == ["2022", "2023", "2023-09", "2023-09-04"]
