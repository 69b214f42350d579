"""History that is packed on purpose: months that are old enough, and steps of packing."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tests.db._lab import Lab

TIERS = (
    (1, "TbSensorRegistro1m", "1 day"),
    (5, "TbSensorRegistro5m", "1 day"),
    (60, "TbSensorRegistro1h", "7 days"),
)
"""Widths of rollups in minutes, their tables, and how long a chunk is."""


def months_ago(count: int) -> datetime:
    """The first instant of a month, UTC without zone."""
    now = datetime.now(UTC)
    months = now.year * 12 + now.month - 1 - count
    return datetime(months // 12, months % 12 + 1, 1)


def begin(lab: Lab, month: datetime) -> None:
    """Everything before this month counts as packed; from it on nothing is, and all is summed up till now."""
    lab.sql('delete from series."TbSensorRegistroFrio"')
    lab.sql('delete from series."TbPosicaoFria"')
    lab.sql('delete from series."TbRollupFrio"')
    lab.sql('update private."TbConfiguracao" set "nrDiasQuente" = 1')
    lab.sql(
        """update private."TbFrioMarca" set "dtFrio" = %s, "dtAnunciada" = %s, "xiAnuncio" = null,
             "dtTardias" = '-infinity', "cdProximo" = 0""",
        month, month,
    )  # fmt: skip
    for table, late in (("TbPosicao", "TbPosicaoTardia"), ("TbSensorRegistro", "TbSensorRegistroTardio")):
        for (name,) in lab.sql(
            """select c.relname from pg_class c
               where c.relnamespace = 'particoes'::regnamespace and c.relkind = 'r'
                 and (c.relname = %s or c.relname ~ %s and private.partition_month(c.relname) < %s)""",
            late, rf"^{table}_\d", month,
        ):  # fmt: skip
            lab.sql(f'alter table series."{table}" detach partition particoes."{name}"')
            lab.sql(f'drop table particoes."{name}"')
    last = datetime(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    assert lab.sql("select private.retire_partitions(%s)", last) == [(True,)]
    lab.sql("select private.ensure_partitions()")
    lab.sql(
        """update private."TbRollupMarca" set "xiAnuncio" = null, "dtPiso" = %s,
             "dtMarca" = date_trunc('hour', localtimestamp),
             "dtAnunciada" = date_trunc('hour', localtimestamp)
        """,
        months_ago(13),
    )


def step(lab: Lab) -> int:
    """One step, as maintenance calls it; late rows are packed without waiting for an hour."""
    lab.sql("""update private."TbFrioMarca" set "dtTardias" = '-infinity' """)
    return int(lab.sql("select private.pack_history()")[0][0])


def pack(lab: Lab) -> None:
    """Pack all that is old enough, late rows included."""
    for _ in range(10_000):
        if not step(lab):
            return
    raise AssertionError("packing does not come to an end")


def pack_rollups(lab: Lab, sensors: Sequence[int] | None = None, width: int | None = None) -> None:
    """Pack whatever rollups there are, however young, of some sensors and of one width or all."""
    for minutes, name, span in TIERS:
        if width in (None, minutes):
            lab.sql(
                f"""select private.pack_buckets(%s, %s, %s, array_agg(t.sensor), array_agg(t.start))
                    from (select distinct b."cdSensor" as sensor,
                                 date_bin(%s, b."dtBucket", timestamp '2000-01-01') as start
                          from series."{name}" b
                          where b."cdSensor" = any (coalesce(%s, array[b."cdSensor"]))) t
                    having count(*) > 0""",
                minutes, name, span, span, sensors,
            )  # fmt: skip


def packed_rollups(lab: Lab) -> dict[int, int]:
    """How many buckets are packed, by width."""
    return dict(lab.sql('select "nrMinutos", sum("nrQtd")::integer from series."TbRollupFrio" group by 1'))


def packed(lab: Lab) -> tuple[int, int]:
    """How many values and positions are packed."""
    return (
        int(lab.sql('select coalesce(sum("nrQtd"), 0) from series."TbSensorRegistroFrio"')[0][0]),
        int(lab.sql('select coalesce(sum("nrQtd"), 0) from series."TbPosicaoFria"')[0][0]),
    )
