-- Stores the address of a cell; does nothing when there is one already.
-- p_address  {dsLogradouro, nrNumero, dsBairro, dsCep, dsCidade, dsUF, dsFonte}; null: the cell has no
--            address; parts longer than the columns take are cut
-- Security definer: the maintenance role has no rights on tables. Who may call it: the maintenance role.
create function private.store_address(p_lat integer, p_long integer, p_address jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_address integer;
begin
  if exists (select from private."TbGeocodificacao" g where g."nrLat" = p_lat and g."nrLong" = p_long) then
    return;
  end if;
  if p_address is not null then
    insert into public."TbEndereco" (
      "dsLogradouro", "nrNumero", "dsBairro", "dsCep", "dsCidade", "dsUF", "dsFonte", "dsLat", "dsLong")
    values (left(p_address ->> 'dsLogradouro', 255), left(p_address ->> 'nrNumero', 255),
            left(p_address ->> 'dsBairro', 255), left(p_address ->> 'dsCep', 255),
            left(p_address ->> 'dsCidade', 255), left(p_address ->> 'dsUF', 255), p_address ->> 'dsFonte',
            p_lat / 1000.0, p_long / 1000.0)
    returning "cdEndereco" into v_address;
  end if;
  insert into private."TbGeocodificacao" ("nrLat", "nrLong", "cdEndereco") values (p_lat, p_long, v_address);
end
$$;
comment on function private.store_address is 'Stores the address of a cell, or that it has none.';
revoke all on function private.store_address from public;
grant execute on function private.store_address to rastro_manutencao;
