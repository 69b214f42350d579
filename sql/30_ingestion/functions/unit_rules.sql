-- How values are brought into the units of sensor types: {type: {own, to: {unit: [factor, offset, own factor,
-- own offset]}}}, all as in TbUnidade. Types without a unit are left out. Called once for a batch that has a
-- value with a unit, by private.read_values.
create function private.unit_rules() returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(
    jsonb_object_agg(t.id, jsonb_build_object('own', t.unit, 'to', coalesce(c.units, '{}'))), '{}')
  from (
    select k.id, trim(k."dsUnidade") as unit from public."TbTipoSensor" k where trim(k."dsUnidade") <> ''
  ) t
  cross join lateral (
    select jsonb_object_agg(u.unit, u.terms) as units
    from (
      select distinct on (s."dsUnidade") s."dsUnidade" as unit,
             jsonb_build_array(s."nrFator", s."nrDeslocamento", o."nrFator", o."nrDeslocamento") as terms
      from private."TbUnidade" o
      join private."TbUnidade" s on s."dsUnidadeBase" = o."dsUnidadeBase"
      where o."dsUnidade" in (t.unit, lower(t.unit))
      order by s."dsUnidade", o."dsUnidade" = t.unit desc
    ) u
  ) c
$$;
comment on function private.unit_rules is 'How to convert units into those of each sensor type.';
revoke all on function private.unit_rules from public;
