"""What the clock must not do in the middle of a test."""

import time

_DAY_S = 86_400
_LONGEST_TEST_S = 60

# Calls that a key has made count in the next minute and on the next day, too, so that its limit holds on.
COUNTED_ON = """
    insert into public."TbUsoApiKey" (
      "cdApiKey", "nrFatia", "dtUltimoUso", "dtMinuto", "nrMinuto", "dtDia", "nrDia")
    select u."cdApiKey", 64 + u."nrFatia", u."dtUltimoUso", u."dtMinuto" + interval '1 minute', u."nrMinuto",
           u."dtDia" + 1, u."nrDia"
    from public."TbUsoApiKey" u where u."nrFatia" < 64
    returning 1
"""


def stay_within_the_day() -> None:
    """Wait until midnight (UTC) is over, if it is near: it gives keys their quotas of calls back."""
    left = _DAY_S - time.time() % _DAY_S
    if left < _LONGEST_TEST_S:
        time.sleep(left + 0.1)
