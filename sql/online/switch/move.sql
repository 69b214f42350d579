-- The old time series leave `public`; their rows stay until the conversion is finished. Views and policies that
-- read them end here: those of the old system come back by scripts/convert back.
create schema if not exists legado;
revoke all on schema legado from public;
drop view if exists public."VwRelHistoricoDispositivoProduto", public."VwRelDadosDispositivo",
  public."VwProdutosFora", public."VwTbPosicaoAtual";
do $$
declare
  v_statement text;
begin
  for v_statement in
    select format('drop policy %I on %s', p.polname, p.polrelid::regclass)
    from pg_catalog.pg_policy p
    where p.polrelid in ('public."TbPosicao"'::regclass, 'public."TbSensorRegistro"'::regclass)
    union all
    select format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass)
    from pg_catalog.pg_trigger t
    where t.tgrelid in ('public."TbPosicao"'::regclass, 'public."TbSensorRegistro"'::regclass)
      and t.tgname like 'conversao\_%'
  loop
    execute v_statement;
  end loop;
end
$$;
alter table public."TbPosicao" set schema legado;
alter table public."TbSensorRegistro" set schema legado;
