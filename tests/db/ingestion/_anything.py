"""JSON of any kind, near to what an element looks like, and instants near to ISO 8601."""

from hypothesis import strategies as st

from tests.db._element import ELEMENT_KEYS, READING_KEYS
from tests.db._strategies import HUGE, Json, elements

INSTANTS = st.from_regex(
    r"\A\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d(:?\d\d)?)?\Z",
    alphabet="0123456789-+:.TtZz ",
)
NUMBERS = st.one_of(
    st.integers(-(2**33), 2**33),
    st.integers(-HUGE, HUGE),
    st.floats(allow_nan=False, allow_infinity=False),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)
WORDS = st.sampled_from(["NaN", "Infinity", "weight"]) | INSTANTS | TEXTS
NAMES = st.sampled_from(
    [*sorted(ELEMENT_KEYS | READING_KEYS), "$payload", "$error_code", "$tamanho", "$hash"]
)
ANYTHING: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | TEXTS, inner, max_size=6),
    max_leaves=12,
)
SPOILT = st.builds(lambda good, odd: good | odd, elements(), st.dictionaries(NAMES, ANYTHING, min_size=1))
ODDLY_DATED = st.builds(lambda good, time: good | {"dtRegistro": time}, elements(), INSTANTS)
