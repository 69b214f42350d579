-- Phase 6, lengths: every text that people write has a bound, here as over HTTP. Longer ones are shortened; what they were is kept
-- in private."TbConversaoAviso", and a warning says how many there are.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/10_registry/tables/TbConversaoAviso.sql
-- Values of legacy rows that a migration could not keep as they were.
create table private."TbConversaoAviso" (
  "cdAviso" bigint generated always as identity primary key,
  "dsTabela" text not null,
  "cdLinha" text not null,
  "dsAntes" jsonb not null,
  "dsMotivo" text not null,
  "dtRegistro" timestamptz not null default now()
);
alter table private."TbConversaoAviso" enable row level security;
comment on table private."TbConversaoAviso" is
  'Values of a legacy installation that could not be kept, for a person to review.';
comment on column private."TbConversaoAviso"."cdLinha" is 'Key of the row.';
comment on column private."TbConversaoAviso"."dsAntes" is 'The columns concerned, as they were.';
comment on column private."TbConversaoAviso"."dsMotivo" is 'What was wrong with them, and what was done.';
-- end

do $$
declare
  v record;
  v_count integer;
  v_all integer := 0;
begin
  for v in
    select c.t::regclass as relation, split_part(replace(c.t, '"', ''), '.', 2) as name, c.key, c.most, d.name as col
    from (values
      ('public."TbCliente"', 'cdCliente', 255, '{dsNome,nrCnpj,nrIe,nrInscMun,dsLogradouro,nrNumero,dsComplemento,dsBairro,dsCep,dsCidade,dsUF}'),
      ('public."TbCliente"', 'cdCliente', 4000, '{dsObs}'),
      ('public."TbClienteChave"', 'id', 200, '{dsChave}'),
      ('public."TbDestinatario"', 'cdDestinatario', 255, '{dsNome,nrCnpj,nrIe,nrInscMun}'),
      ('public."TbDestinatario"', 'cdDestinatario', 4000, '{dsObs}'),
      ('public."TbDispositivo"', 'cdDispositivo', 255, '{dsDispositivo}'),
      ('public."TbDispositivo"', 'cdDispositivo', 4000, '{dsDescricao,dsObs,dsLayout}'),
      ('public."TbEndereco"', 'cdEndereco', 255, '{dsLogradouro,nrNumero,dsComplemento,dsBairro,dsCep,dsCidade,dsUF}'),
      ('public."TbEstado"', 'cdEstadoIBGE', 255, '{dsUf,dsEstado}'),
      ('public."TbImagens"', 'cdImagens', 255, '{dsCaminho,cdCodigo}'),
      ('public."TbMunicipio"', 'cdMunicipioIBGE', 255, '{cdMunicipioIBGE,cdMunicipioCompleto,dsMunicipio}'),
      ('public."TbProduto"', 'cdProduto', 255, '{dsNome,nrCodigo}'),
      ('public."TbProduto"', 'cdProduto', 4000, '{dsDescricao}'),
      ('public."TbTipoSensor"', 'id', 255, '{dsNome,dsUnidade}'),
      ('public."TbTipoSensor"', 'id', 4000, '{dsDescricao}'),
      ('public."TbApiKeys"', 'cdApiKey', 1000, '{dsNome}'),
      ('public.profiles', 'id', 255, '{nome,sobrenome,cargo}'),
      ('inventario.armazem', 'cdArmazem', 255, '{nome}'),
      ('inventario.leituras', 'id', 255, '{tipoDado}'),
      ('inventario.leituras', 'id', 8000, '{dadoLeitura}'),
      ('inventario.prateleira', 'cdPrateleira', 255, '{nome}'),
      ('inventario.rua', 'cdRua', 255, '{nome}'),
      ('inventario.sessao', 'cdSessao', 255, '{nome}')
    ) as c(t, key, most, cols), unnest(c.cols::text[]) as d(name)
  loop
    continue when exists (
      select from pg_catalog.pg_constraint c
      where c.conrelid = v.relation and c.conname = format('%s_%s_max_%s', v.name, v.col, v.most));
    execute format($sql$
      insert into private."TbConversaoAviso" ("dsTabela", "cdLinha", "dsAntes", "dsMotivo")
      select %1$L, left(t.%2$I::text, 255), jsonb_build_object(%3$L, t.%3$I), 'more than %4$s characters: %3$s shortened'
      from %5$s t where char_length(t.%3$I) > %4$s order by t.%2$I
      $sql$, v.name, v.key, v.col, v.most, v.relation);
    get diagnostics v_count = row_count;
    if v_count > 0 then
      execute format('update %s t set %2$I = left(t.%2$I, %3$s) where char_length(t.%2$I) > %3$s', v.relation, v.col, v.most);
    end if;
    execute format('alter table %s add constraint %I check (char_length(%I) <= %s)',
                   v.relation, format('%s_%s_max_%s', v.name, v.col, v.most), v.col, v.most);
    v_all := v_all + v_count;
  end loop;
  if v_all > 0 then
    raise warning '% texts were longer than they may be, and were shortened. See private."TbConversaoAviso"', v_all;
  end if;
end
$$;
