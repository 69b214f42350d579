"""Diagrams for sql/README.md, drawn from the catalogue: entities, and raw rows → rollups → views.

Tables and views are those of the catalogue, references its foreign keys. What is made of what is read off the
functions that write a table: each table they name after `from` or `join` is a source, and so is a trigger's
own table. A view's sources are the relations it reads, itself or in the functions it calls.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..console import Problem

BEGIN, END = "<!-- diagram: written by scripts/db types -->", "<!-- end of diagram -->"

_REFERENCES = """
    select distinct c.conrelid::regclass::text, c.confrelid::regclass::text
    from pg_constraint c
    join pg_class r on r.oid = c.conrelid
    where c.contype = 'f' and c.conparentid = 0 and not r.relispartition
      and r.relnamespace = 'public'::regnamespace
      and c.confrelid::regclass::text not like 'auth.%'
    order by 1, 2
"""
# Tables of which there are many rows a minute, and what is made of them. Those of the schema `series` have
# views of the same names in `public`, which most functions read: one box for both.
_SERIES = """
    select c.relname::text from pg_class c
    where c.relnamespace = 'series'::regnamespace and c.relkind in ('r', 'p') or c.relname = 'TbPosicaoAtual'
    order by 1
"""
_WRITES = r"""
    with body as (
      select p.oid, p.proname, coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) as source
      from pg_proc p
      where p.pronamespace = 'private'::regnamespace and p.prokind <> 'a'
    ), writer as ( -- with what reads rows wherever they are stored
      select b.source || coalesce((
               select string_agg(r.source, ' ') from body r
               where r.proname in ('values_between', 'positions_between')
                 and b.source ~ ('private\.' || r.proname || '\(')), '') as source,
             array(select t.tgrelid from pg_trigger t where t.tgfoid = b.oid) as triggers
      from body b
    )
    select distinct target.relname::text, source.relname::text
    from writer w
    join pg_class target on w.source ~ ('insert into (public|series)."' || target.relname || '"')
    join pg_class source on source.relname <> target.relname
      and (w.source ~* ('(from|join) (public|series)."' || source.relname || '"')
        or source.oid = any (w.triggers))
    where target.relname = any (%(series)s) and source.relname = any (%(series)s)
    order by 1, 2
"""
_READS = """
    with called as (
      select distinct r.ev_class as view, d.refclassid, d.refobjid
      from pg_rewrite r
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    )
    select v.relname::text, t.relname::text
    from called c
    join pg_class v on v.oid = c.view
    join pg_class t on c.refclassid = 'pg_class'::regclass and t.oid = c.refobjid
    where v.relname <> t.relname
    union
    select v.relname::text, t.relname::text
    from called c
    join pg_class v on v.oid = c.view
    join pg_proc p on c.refclassid = 'pg_proc'::regclass and p.oid = c.refobjid
      and p.pronamespace = 'private'::regnamespace
    join pg_class t on t.relnamespace in ('public'::regnamespace, 'series'::regnamespace)
      and coalesce(pg_get_function_sqlbody(p.oid), p.prosrc)
        ~* ('(from|join) (public|series)."' || t.relname || '"')
    where v.relname <> t.relname
    order by 1, 2
"""


def drawn(cursor: Any) -> str:
    """Both diagrams as Markdown, from a database that has all migrations."""
    cursor.execute("set search_path = pg_catalog, public")
    return "\n\n".join([_entities(_pairs(cursor, _REFERENCES)), _series(cursor)])


def replaced(text: str, diagram: str) -> str:
    """A README with this diagram between its marks. Raises Problem when they are not there."""
    if BEGIN not in text or END not in text:
        raise Problem(f"sql/README.md has no place for the diagram: {BEGIN} … {END}")
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n{diagram}\n{END}{rest.partition(END)[2]}"


def write(cursor: Any, readme: Path) -> None:
    readme.write_text(replaced(readme.read_text(), drawn(cursor)))


def _entities(references: list[tuple[str, str]]) -> str:
    """A line for each pair of tables, the referenced one first."""
    lines = [f"    {other} ||--o{{ {one} : has" for one, other in references]
    return _mermaid("erDiagram", lines)


def _series(cursor: Any) -> str:
    cursor.execute(_SERIES)
    series = [_bare(name) for (name,) in cursor.fetchall()]
    made = _pairs(cursor, _WRITES, series=series)
    reads = [
        (view, table) for view, table in _pairs(cursor, _READS) if table in series and view not in series
    ]
    targets = {one for one, _ in made}
    groups = {
        "raw": [name for name in series if name not in targets],
        "made of them": [name for name in series if name in targets],
        "views": sorted({view for view, _ in reads}),
    }
    lines = []
    for number, (title, names) in enumerate(groups.items()):
        lines += [f'    subgraph g{number}["{title}"]', *(f"        {name}" for name in names), "    end"]
    lines += [f"    {other} --> {one}" for one, other in made]
    lines += [f"    {' & '.join(tables)} -.-> {view}" for view, tables in _grouped(reads)]
    return _mermaid("flowchart LR", lines)


def _pairs(cursor: Any, query: str, **values: Any) -> list[tuple[str, str]]:
    cursor.execute(query, values or None)
    return [(_bare(one), _bare(other)) for one, other in cursor.fetchall()]


def _grouped(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one, other in pairs:
        found[one].append(other)
    return sorted(found.items())


def _bare(name: str) -> str:
    return name.replace('"', "")


def _mermaid(kind: str, lines: list[str]) -> str:
    return "\n".join(["```mermaid", kind, *lines, "```"])
