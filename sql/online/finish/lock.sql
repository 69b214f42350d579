-- Everything that is dropped or loses a trigger or key, in one statement: its time limit bounds the wait for
-- all of it. Whoever reads a view holds it before its tables, so views come first; tables that are written
-- most come last, so that their writers wait least.
do $$
declare
  v_referred text := ( -- by keys of the old tables
    select string_agg(distinct c.confrelid::regclass::text, ', ') from pg_catalog.pg_constraint c
    where c.contype = 'f' and c.conrelid in ('legado."TbEndereco"'::regclass, 'legado."TbPosicao"'::regclass,
        'legado."TbSensorRegistro"'::regclass)
      and c.confrelid not in ('legado."TbEndereco"'::regclass, 'legado."TbPosicao"'::regclass));
begin
  lock table public."TbSensorRegistro", public."TbPosicao" in access exclusive mode; -- views
  if v_referred is not null then
    execute format('lock table only %s in access exclusive mode', replace(v_referred, ', ', ', only '));
  end if;
  lock table public."TbEndereco", legado."TbEndereco", legado."TbPosicao", legado."TbSensorRegistro",
    only series."TbPosicao", only series."TbSensorRegistro"
  in access exclusive mode;
end
$$
