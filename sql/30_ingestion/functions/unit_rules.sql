-- What units measure: {unit: {bases: [base], base: [factor, offset]}}, as in TbUnidade. Called once for a
-- batch that has a value with a unit, by private.read_values: by units, as clients may make any number of
-- types.
create function private.unit_rules() returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_object_agg(u.name, u.terms || jsonb_build_object('bases', u.bases))
  from (
    select k."dsUnidade" as name, jsonb_agg(k."dsUnidadeBase" order by k."dsUnidadeBase") as bases,
           jsonb_object_agg(k."dsUnidadeBase", jsonb_build_array(k."nrFator", k."nrDeslocamento")) as terms
    from private."TbUnidade" k group by 1
  ) u
$$;
comment on function private.unit_rules is 'What units measure, and how to convert them.';
revoke all on function private.unit_rules from public;
