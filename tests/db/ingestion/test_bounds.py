"""A batch has a bound for its values, too: within it, it ends within its time."""

from contextlib import closing

import psycopg2
import pytest

from tests._lib.databases import Database

_BATCH = """
    select private.require_batch((
      select jsonb_agg(jsonb_build_object('cdDispositivo', e, 'sensores', v.list, 'meta', m.members))
      from generate_series(1, %s) e
      cross join (select jsonb_agg(jsonb_build_object('cdSensor', s, 'nrValor', s) || %s::jsonb) as list
                  from generate_series(1, 100) s) v
      cross join (select coalesce(jsonb_object_agg(m, 1), '{}') as members
                  from generate_series(1, %s) m) m))"""


# Seen to fail: without the count in private.require_batch; with every value counted as one.
@pytest.mark.parametrize(
    ("fields", "members", "most"),
    [
        ("{}", 0, 750),
        ('{"dsUnidade": "K"}', 0, 187),
        ('{"cdProdutoItem": 1}', 0, 187),
        ('{"dsPonto": "urn:dev:ow:10e2:temp"}', 0, 187),
        ('{"dsPonto": "temp"}', 0, 750),
        ("{}", 100, 150),
    ],
)
def test_values_of_a_batch(database: Database, fields: str, members: int, most: int) -> None:
    with closing(psycopg2.connect(database.owner_url)) as connection, connection.cursor() as cursor:
        cursor.execute(_BATCH, (most, fields, members))
        with pytest.raises(psycopg2.Error) as refused:
            cursor.execute(_BATCH, (most + 1, fields, members))
    assert refused.value.pgcode == "PT413"
    assert "values; the limit is 75000" in str(refused.value.diag.message_primary)
