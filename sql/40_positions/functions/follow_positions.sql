-- What the stream asks for again and again, for all its viewers at once.
-- p_callers  the viewers (user:<uuid>, key:<sha256>), or as many as together see what all see
-- p_known    clients whose positions were read before: of these only what changed from p_horizon on, of the
--            others all
-- p_sensors  sensors of which the latest value is wanted
-- Answers:
-- callers    whose rows each caller may read: {caller: [cdCliente, …]}
-- horizon    p_horizon of the next call; next_transaction: a number that no transaction has yet
-- server     which database server the numbers are of
-- positions  [cdCliente, cdDispositivo, cdProduto, its client, dsLat, dsLong, whether it is inside the
--            geofence that its site has now, transaction, the position, and how those see it who may not see
--            the product]; the position is null where the device has another client now
-- measured   [cdCliente, cdSensor, the latest value]
-- It answers only for clients of these callers, whom PostgreSQL looks up, so that the application's login
-- sees no more than by their requests. Stable: all of it is of one snapshot.
-- Few rows changed, nearly always, so that each is looked up: hash joins would read all devices each time.
-- Times are written by their text, which costs a tenth of what jsonb does.
-- Security definer: reads callers and, for all of them together, rows. Who may call it: that login.
create function private.follow_positions(
  p_callers text[], p_known integer[], p_horizon xid8, p_sensors integer[],
  out callers json, out horizon text, out next_transaction text, out server text, out positions json,
  out measured json
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set datestyle = 'ISO'
set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
declare
  v_clients integer[];
  v_new integer[];
  v_horizon xid8 := private.known_horizon(p_horizon);
  v_next xid8 := pg_snapshot_xmax(pg_current_snapshot());
begin
  with seen as materialized (
    select c.caller, c.clients from private.clients_of_callers(p_callers) c
  )
  select json_object_agg(s.caller, s.clients), array(select distinct u from seen e, unnest(e.clients) u),
         array(select distinct u from seen e, unnest(e.clients) u where not u = any (p_known))
  into callers, v_clients, v_new
  from seen s;
  horizon := private.change_horizon();
  next_transaction := v_next;
  server := (pg_control_system()).system_identifier;
  select json_agg(json_build_array(
    a."cdCliente", a."cdDispositivo", v."cdProduto", p."cdCliente", v."dsLat", v."dsLong",
    private.is_inside_geofence(t."geoCerca", t."nrRaio", extensions.st_distance(s."geoPonto", a."geoPonto"),
      v."dsLong", v."dsLat", v."nrPrecisao"),
    a."nrTransacao"::text, r.entry,
    case when v."cdProduto" is not null and p."cdCliente" is distinct from a."cdCliente" then r.entry::jsonb
      || '{"cdProduto": null, "nrCodigo": null, "dsProduto": null, "dsDescricao": null}' end))
  into positions
  from public."TbPosicaoAtual" a
  left join public."VwTbPosicaoAtual" v on v."cdDispositivo" = a."cdDispositivo"
  left join public."TbProduto" p on p."cdProduto" = v."cdProduto"
  left join public."TbDispositivo" d on d."cdDispositivo" = v."cdDispositivo"
  left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
  left join public."TbEndereco" s on s."cdEndereco" = t."cdEndereco"
  cross join lateral (
    select case when v."cdDispositivo" is not null then row_to_json(x) end as entry
    from (select -- a row of the view
      v."cdPosicao", replace(v."dtRegistro"::text, ' ', 'T') || 'Z' as "dtRegistro", v."cdDispositivo",
      v."dsLat", v."dsLong", v."dsEndereco", v."dsNum", v."dsCep", v."dsBairro", v."dsCidade", v."dsUF",
      v."nrBat", v."nrCodigo", v."cdProduto", v."dsProduto", v."dsDescricao", v."cdStatus", v."blArea",
      v."cdCliente", replace(v."dtCoordenada"::text, ' ', 'T') || 'Z' as "dtCoordenada",
      replace(v."dtBateria"::text, ' ', 'T') || 'Z' as "dtBateria",
      replace((v."dtAlteracao" at time zone 'UTC')::text, ' ', 'T') || 'Z' as "dtAlteracao",
      v."nrPrecisao") x
  ) r
  where a."cdCliente" = any (v_clients)
    and (a."nrTransacao" >= v_horizon and a."nrTransacao" < v_next
         or a."cdCliente" = any (v_new));
  if p_sensors <> '{}' then
    measured := private.latest_values(p_sensors, v_clients);
  end if;
end
$$;
comment on function private.follow_positions is 'What changed for the viewers of the stream.';
revoke all on function private.follow_positions from public;
grant execute on function private.follow_positions to rastro_api, rastro_api_2;
grant usage on schema private to rastro_api, rastro_api_2;
