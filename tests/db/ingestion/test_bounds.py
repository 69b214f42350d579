"""A batch has a bound for its values, too: within it, it ends within its time."""

from contextlib import closing

import psycopg2
import pytest

from tests._lib.databases import Database

_BATCH = """
    select private.require_batch((
      select jsonb_agg(jsonb_build_object('cdDispositivo', e, 'sensores', v.list))
      from generate_series(1, %s) e
      cross join (select jsonb_agg(jsonb_build_object('cdSensor', s, 'nrValor', s)) as list
                  from generate_series(1, 100) s) v))"""


# Seen to fail: without the count in private.require_batch.
def test_values_of_a_batch(database: Database) -> None:
    with closing(psycopg2.connect(database.owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute(_BATCH, (1_000,))
        with pytest.raises(psycopg2.Error) as refused:
            cursor.execute(_BATCH, (1_001,))
    assert refused.value.pgcode == "PT413"
    assert refused.value.diag.message_primary == "The batch has 100100 values; the limit is 100000"
