-- The old tables that the conversion copied leave `public`; their rows stay until it is finished. Views and
-- policies that read them end here: those of the old system come back by scripts/convert back. The new
-- TbEndereco takes its place, and what refers to addresses refers to it.
create schema if not exists legado;
revoke all on schema legado from public;
drop trigger if exists conversao_dono on public."TbDispositivo";
do $$ -- views and policies that the installation added, on these and on what is altered: see own_views.sql
declare
  v_own record;
begin
  for v_own in select o.unmake from own_object o order by o.kind, o.place desc loop -- policies first
    execute v_own.unmake;
  end loop;
end
$$;
drop view if exists public."VwRelHistoricoDispositivoProduto", public."VwRelDadosDispositivo",
  public."VwProdutosFora", public."VwTbPosicaoAtual", public."VwTbDestinatarioDispositivo";
do $$
declare
  v_moved constant oid[] := array[
    'public."TbPosicao"'::regclass, 'public."TbSensorRegistro"'::regclass, 'public."TbEndereco"'::regclass];
  v_again text[] := '{}';
  v_one record;
begin
  for v_one in
    select format('drop policy %I on %s', p.polname, p.polrelid::regclass) as statement, null as again
    from pg_catalog.pg_policy p where p.polrelid = any (v_moved)
    union all
    select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass), null
    from pg_catalog.pg_trigger t where t.tgrelid = any (v_moved) and t.tgname like 'conversao\_%'
    union all -- the old positions keep their key to the old addresses
    select format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname),
           format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname,
                  pg_get_constraintdef(c.oid))
    from pg_catalog.pg_constraint c
    where c.contype = 'f' and c.confrelid = 'public."TbEndereco"'::regclass
      and c.conrelid <> 'public."TbPosicao"'::regclass and c.connamespace <> 'conversao'::regnamespace
  loop
    execute v_one.statement;
    v_again := v_again || v_one.again;
  end loop;
  -- codes may have been given by hand
  perform setval('conversao."TbEndereco_cdEndereco_seq"', greatest(s.last_value, n.last_value, (
    select max(e."cdEndereco") from public."TbEndereco" e)))
  from public."TbEndereco_cdEndereco_seq" s, conversao."TbEndereco_cdEndereco_seq" n;
  perform setval('series."TbPosicao_cdPosicao_seq"', greatest(n.last_value, s.last_value, (
    select max(p."cdPosicao") from public."TbPosicao" p)))
  from public."TbPosicao_cdPosicao_seq" s, series."TbPosicao_cdPosicao_seq" n;
  alter table public."TbPosicao" set schema legado;
  alter table public."TbSensorRegistro" set schema legado;
  alter table public."TbEndereco" set schema legado;
  alter table conversao."TbEndereco" set schema public;
  foreach v_one.again in array array_remove(v_again, null) loop
    execute v_one.again;
  end loop;
end
$$;
