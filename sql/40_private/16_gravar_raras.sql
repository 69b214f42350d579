-- The rare parts of writing a batch. Used by private.gravar() only.

-- Rows that came under several positions go to the one with the lowest nrSeq. Only a row that still belongs to the
-- owner that was seen is changed; RA001 when another caller was faster.
create function private.tomar_posse(p_elementos private.elemento[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_alvo record;
begin
  for v_alvo in
    select l."cdSensor", e."dtRegistro", e."cdPosicao", l."cdDona"
    from unnest(p_elementos) e cross join unnest(e."leituras") l
    where e."dsVeredito" in ('stored', 'duplicate') and l."dsAcao" = 'tomar'
    order by l."cdSensor", e."dtRegistro" -- one lock order for all callers
  loop
    update public."TbSensorRegistro" r set "cdPosicao" = v_alvo."cdPosicao"
    where r."cdSensor" = v_alvo."cdSensor" and r."dtRegistro" = v_alvo."dtRegistro"
      and r."cdPosicao" is not distinct from v_alvo."cdDona";
    if not found then
      raise sqlstate 'RA001';
    end if;
  end loop;
end
$$;
comment on function private.tomar_posse(private.elemento[]) is 'Gives readings to the position with the lowest nrSeq.';
revoke all on function private.tomar_posse(private.elemento[]) from public;

create function private.vincular_itens(p_elementos private.elemento[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  select distinct l."cdSensor", e."cdDispositivo", l."cdProdutoItem"
  from unnest(p_elementos) e cross join unnest(e."leituras") l
  where e."dsVeredito" = 'stored' and l."blProdutoItem"
    and not exists (
      select from public."TbSensorVinculo" v
      where v."cdSensor" = l."cdSensor" and v."cdDispositivo" = e."cdDispositivo" and v."cdProdutoItem" = l."cdProdutoItem")
  order by 1, 2, 3
  on conflict do nothing;
end
$$;
comment on function private.vincular_itens(private.elemento[]) is 'Notes product items that readings name for the first time.';
revoke all on function private.vincular_itens(private.elemento[]) from public;
