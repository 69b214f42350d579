-- Writes the elements that are to be stored. Every caller locks rows in one order (positions, current positions,
-- readings, owners; each by key), so that callers wait for each other but never in a circle.
-- Raises unique_violation when a row is there after all: from an earlier sending, from another caller who was faster and
-- could not be seen by this statement, or from another element of the batch. The caller undoes and judges.
create function private.gravar(p_elementos private.elemento[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('rastro.marcas', 'em conjunto', true); -- the triggers need not look at every row: see the end
  if exists (select from unnest(p_elementos) e where e."blNova" and e."dsVeredito" = 'stored') then
    insert into public."TbPosicao" ("cdPosicao", "dtRegistro", "dsLat", "dsLong", "nrBat", "cdDispositivo", "cdCliente",
                                    "nrSeq", "cdDestinatario", "nrDistancia", "blArea")
    select e."cdPosicao", e."dtRegistro", e."dsLat", e."dsLong", e."nrBat", e."cdDispositivo", e."cdCliente",
           e."nrSeq", e."cdDestinatario", e."nrDistancia", e."blArea"
    from unnest(p_elementos) e
    where e."blNova" and e."dsVeredito" = 'stored'
    order by e."cdDispositivo", e."dtRegistro", e."nrSeq" nulls first;
  end if;

  insert into public."TbSensorRegistro" ("dtRegistro", "nrValor", "cdPosicao", "cdSensor", "cdDispositivo", "cdCliente",
                                         "cdProdutoItem", "nrQualidade", "blValor", "dsValor")
  select e."dtRegistro", l."nrValor", e."cdPosicao", l."cdSensor", e."cdDispositivo", e."cdCliente",
         l."cdProdutoItem", coalesce(l."nrQualidade", 0), l."blValor", l."dsValor"
  from unnest(p_elementos) e cross join unnest(e."leituras") l
  where e."dsVeredito" = 'stored' and l."dsAcao" is null
  order by l."cdSensor", e."dtRegistro";

  if exists (select from unnest(p_elementos) e where e."nrTomar" > 0 and e."dsVeredito" in ('stored', 'duplicate')) then
    perform private.tomar_posse(p_elementos);
  end if;
  if exists (select from unnest(p_elementos) e where e."blItens" and e."dsVeredito" = 'stored') then
    perform private.vincular_itens(p_elementos);
  end if;
  perform private.marcar_pendentes(p_elementos);
  perform set_config('rastro.marcas', '', true);
end
$$;
comment on function private.gravar(private.elemento[]) is 'Writes the elements to be stored; unique_violation when a row is there after all.';
revoke all on function private.gravar(private.elemento[]) from public;
