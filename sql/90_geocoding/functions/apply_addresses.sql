-- Sets known addresses on current positions, at most p_limit at a time, without waiting for any ingest. A
-- position that came without coordinates gets none, as its coordinates are those of an earlier one.
-- Security definer: the maintenance role has no rights on tables. Who may call it: the maintenance role.
create function private.apply_addresses(p_limit integer) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_count bigint;
begin
  perform set_config('rastro.dirty_marking', 'in bulk', true); -- changes no counter and no rollup
  with missing as materialized (
    select pa."cdDispositivo", pa."cdPosicao", pa."dtRegistro", pa."cdCliente", g."cdEndereco"
    from public."TbPosicaoAtual" pa
    join private."TbGeocodificacao" g
      on g."nrLat" = private.geocode_cell(pa."dsLat") and g."nrLong" = private.geocode_cell(pa."dsLong")
    where g."cdEndereco" is distinct from pa."cdEndereco"
    order by pa."cdDispositivo", pa."cdCliente"
    limit p_limit
    for update of pa skip locked
  ), link as (
    insert into public."TbEnderecoVinculo" ("cdEndereco", "cdCliente")
    select distinct f."cdEndereco", f."cdCliente" from missing f where f."cdEndereco" is not null
    on conflict do nothing
  ), position_rows as (
    update series."TbPosicao" p set "cdEndereco" = f."cdEndereco"
    from missing f
    where p."cdPosicao" = f."cdPosicao" and p."dtRegistro" = f."dtRegistro" and p."dsLat" is not null
  ), packed as ( -- of a device that has been silent for long
    select count(*) filter (where private.locate_packed(
      f."cdDispositivo", f."dtRegistro", f."cdCliente", f."cdPosicao", f."cdEndereco"))
    from missing f where f."dtRegistro" < private.packed_before()
  ), updated as (
    update public."TbPosicaoAtual" a set "cdEndereco" = f."cdEndereco", "dtAlteracao" = clock_timestamp(),
      "nrTransacao" = pg_current_xact_id()
    from missing f
    where a."cdDispositivo" = f."cdDispositivo" and a."cdCliente" = f."cdCliente"
    returning 1
  )
  select count(*) into v_count from updated, packed;
  return v_count;
end
$$;
comment on function private.apply_addresses is 'Sets known addresses on current positions; returns how many.';
revoke all on function private.apply_addresses from public;
grant execute on function private.apply_addresses to rastro_manutencao;
