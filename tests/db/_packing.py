"""History that is packed on purpose: months that are old enough, and steps of packing."""

from datetime import UTC, datetime

from tests.db._lab import Lab


def months_ago(count: int) -> datetime:
    """The first instant of a month, UTC without zone."""
    now = datetime.now(UTC)
    months = now.year * 12 + now.month - 1 - count
    return datetime(months // 12, months % 12 + 1, 1)


def begin(lab: Lab, month: datetime) -> None:
    """Everything before this month counts as packed; from it on nothing is, and all is summed up till now."""
    lab.sql('delete from series."TbSensorRegistroFrio"')
    lab.sql('delete from series."TbPosicaoFria"')
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


def packed(lab: Lab) -> tuple[int, int]:
    """How many values and positions are packed."""
    return (
        int(lab.sql('select coalesce(sum("nrQtd"), 0) from series."TbSensorRegistroFrio"')[0][0]),
        int(lab.sql('select coalesce(sum("nrQtd"), 0) from series."TbPosicaoFria"')[0][0]),
    )
