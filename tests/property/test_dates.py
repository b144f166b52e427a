"""Laws of uncertain dates and ages, and a comparison with the independent PyPI package ``edtf``."""

from datetime import date, timedelta

from edtf import parse_edtf as peer_parse
from hypothesis import given
from hypothesis import strategies as st

from kuager.core.ages import age_group, age_range, are_compatible, birth_range
from kuager.core.dates import UncertainDate, from_day, from_range, parse_edtf

DAYS = st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31))
ENDS = st.none() | DAYS
QUALIFIERS = st.sampled_from(["", "?", "~", "%"])
ADULT_YEARS = st.dates(min_value=date(1890, 1, 1), max_value=date(2030, 12, 31))


@st.composite
def ranges(draw: st.DrawFn) -> UncertainDate:
    earliest, latest = draw(ENDS), draw(ENDS)
    if earliest and latest and earliest > latest:
        earliest, latest = latest, earliest
    return from_range(earliest, latest)


@st.composite
def peer_texts(draw: st.DrawFn) -> str:
    """Write a date in a form that both packages read; winter is left out, see SEASON_MONTHS."""
    day = draw(DAYS)
    forms = ["%Y", "%Y-%m", "%Y-%m-%d"]
    plain = day.strftime(draw(st.sampled_from(forms))) + draw(QUALIFIERS)
    unspecified = draw(
        st.sampled_from([f"{day.year // 10}X", f"{day.year // 100}XX", f"{day.year}-XX", f"{day:%Y-%m}-XX"])
    )
    season = f"{day.year}-{draw(st.sampled_from([21, 22, 23]))}"
    return draw(st.sampled_from([plain, unspecified, season, f"{plain}/..", f"../{plain}"]))


@given(peer_texts())
def test_bounds_agree_with_an_independent_implementation(text: str) -> None:
    ours, peer = parse_edtf(text), peer_parse(text)

    if ours.earliest is not None:
        assert tuple(peer.lower_strict())[:3] == ours.earliest.timetuple()[:3]
    if ours.latest is not None:
        assert tuple(peer.upper_strict())[:3] == ours.latest.timetuple()[:3]


@given(DAYS, DAYS)
def test_intervals_agree_with_an_independent_implementation(first: date, second: date) -> None:
    start, end = sorted([first, second])
    text = f"{start:%Y-%m}/{end.isoformat()}"
    ours, peer = parse_edtf(text), peer_parse(text)

    assert ours.earliest is not None
    assert tuple(peer.lower_strict())[:3] == ours.earliest.timetuple()[:3]
    assert ours.latest == end
    assert tuple(peer.upper_strict())[:3] == end.timetuple()[:3]


@given(ranges())
def test_a_written_range_is_read_back_the_same(day: UncertainDate) -> None:
    assert parse_edtf(day.edtf) == day


@given(peer_texts())
def test_a_text_is_kept_as_it_was_written(text: str) -> None:
    assert parse_edtf(parse_edtf(text).edtf) == parse_edtf(text)


@given(ranges(), ranges())
def test_overlap_is_mutual_and_everything_overlaps_itself(
    first: UncertainDate, second: UncertainDate
) -> None:
    assert first.overlaps(first)
    assert first.overlaps(second) == second.overlaps(first)


@given(ranges(), DAYS)
def test_cutting_later_days_only_ever_narrows(day: UncertainDate, told: date) -> None:
    if day.earliest is not None and day.earliest > told:
        return
    cut = day.bounded_by(told)

    assert cut.latest is not None
    assert cut.latest <= told
    assert cut.earliest == day.earliest
    assert cut.bounded_by(told) == cut
    assert parse_edtf(cut.edtf) == cut


@given(ADULT_YEARS, st.integers(min_value=0, max_value=40_000))
def test_the_true_birth_date_is_always_within_the_range_its_age_gives(birth: date, days_lived: int) -> None:
    on = from_day(birth + timedelta(days=days_lived))
    lowest, highest = age_range(from_day(birth), on)

    assert lowest is not None
    assert lowest == highest
    born = birth_range(lowest, highest, on)
    assert born.overlaps(from_day(birth))
    assert age_range(born, on) == (lowest, highest)
    assert are_compatible(lowest, highest, from_day(birth), on)


@given(ranges(), ranges())
def test_the_lowest_age_is_never_above_the_highest(birth: UncertainDate, on: UncertainDate) -> None:
    lowest, highest = age_range(birth, on)

    assert lowest is None or highest is None or lowest <= highest


@given(st.integers(0, 120), st.integers(0, 120))
def test_a_group_is_given_only_when_every_age_is_in_it(first: int, second: int) -> None:
    low, high = sorted([first, second])
    group = age_group(low, high)

    groups = {age_group(age, age) for age in range(low, high + 1)}
    assert (group == "unknown") == (len(groups) > 1)
