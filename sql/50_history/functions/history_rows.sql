-- One JSON object for each position of a page, newest first, with the values of its sensors
-- (private.values_of_positions).
-- p_all           false: without positions that came without any value
-- p_coordinates   true: also latitude and longitude, with their precision in metres, and as they are what the
--                 texts say: the battery in volts and as a percentage of 3.7 V, and whether it was inside
-- A generic plan, as a plan for one small page might read all addresses.
-- Who may call it: every API role; row-level security decides what is shown of devices, products, sites and
-- addresses.
create function private.history_rows(p_positions public."TbPosicao"[], p_all boolean default true,
  p_coordinates boolean default false) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_values jsonb[] := private.values_of_positions(p_positions, p_all);
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'cdProduto', d."cdProduto", 'nrCodigo', pr."nrCodigo", 'dsDescricao', pr."dsDescricao",
      'dtRegistro', p."dtRegistro", 'cdDispositivo', p."cdDispositivo", 'cdPosicao', p."cdPosicao",
      'dsNome', t."dsNome", 'dsEndereco', e."dsLogradouro",
      'nrBatPercentual', private.battery_percent(p."nrBat"),
      'dsStatus', case when p."blArea" is false then 'Fora de Área' else 'Dentro da Área' end,
      'dsStatusDispositivo', d."cdStatus")
      || case when p_coordinates then jsonb_build_object('latitude', p."dsLat", 'longitude', p."dsLong",
                                                       'nrPrecisao', p."nrPrecisao", 'nrBat', p."nrBat",
                                                       'nrBatPorcento', rtrim(
                                                         private.battery_percent(p."nrBat"), '%')::numeric,
                                                       'blArea', p."blArea")
         else '{}' end
      || p.unnest -- the values: unnest gives their column its own name
      order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last,
               p."cdCliente" desc), '[]')
    from unnest(p_positions, v_values) p
    left join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
    left join public."TbProduto" pr on pr."cdProduto" = d."cdProduto"
    left join public."TbDestinatario" t on t."cdDestinatario" = p."cdDestinatario"
    left join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
    where p_all or p.unnest is not null);
end
$$;
comment on function private.history_rows is 'The rows of a page of history as JSON.';
revoke all on function private.history_rows from public;
grant execute on function private.history_rows to authenticated, service_role;
