-- Pointing a row of one's own at a site, address, product or item of another client would show it, and keep its owner from
-- deleting it. Asked only when the column changes: what stands may stay.
create function private.recusar_vinculo_alheio() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_nova jsonb := to_jsonb(new);
  v_velha jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
  v_coluna text;
begin
  if private.eh_servico() then
    return new;
  end if;
  foreach v_coluna in array tg_argv loop
    if v_nova ->> v_coluna is distinct from v_velha ->> v_coluna
       and private.codigo_alheio(v_coluna, (v_nova ->> v_coluna)::integer) then
      raise insufficient_privilege using message = format('%s %s is not yours to use', v_coluna, v_nova ->> v_coluna);
    end if;
  end loop;
  return new;
end
$$;
comment on function private.recusar_vinculo_alheio() is 'Refuses to point a row at rows of other clients.';
revoke all on function private.recusar_vinculo_alheio() from public;

create trigger "TbDestinatario_vinculo_alheio" before insert or update of "cdEndereco" on public."TbDestinatario"
  for each row execute function private.recusar_vinculo_alheio('cdEndereco');
create trigger "TbDispositivo_vinculo_alheio" before insert or update of "cdDestinatario", "cdProduto" on public."TbDispositivo"
  for each row execute function private.recusar_vinculo_alheio('cdDestinatario', 'cdProduto');
create trigger "TbSensor_vinculo_alheio" before insert or update of "cdProdutoItem" on public."TbSensor"
  for each row execute function private.recusar_vinculo_alheio('cdProdutoItem');
comment on trigger "TbDestinatario_vinculo_alheio" on public."TbDestinatario" is 'Addresses of other clients are out of reach.';
comment on trigger "TbDispositivo_vinculo_alheio" on public."TbDispositivo" is 'Sites and products of other clients are out of reach.';
comment on trigger "TbSensor_vinculo_alheio" on public."TbSensor" is 'Product items of other clients are out of reach.';
