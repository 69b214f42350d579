-- What the stream asks for again and again, for all its viewers at once.
-- p_callers  the viewers (user:<uuid>, key:<sha256>), or as many as together see what all see
-- p_known    clients whose positions were read before: of these only what changed from p_horizon on, of the
--            others all
-- p_sensors  sensors of which the latest value is wanted
-- Answers:
-- callers    whose rows each caller may read: {caller: [cdCliente, …]}
-- horizon    p_horizon of the next call; next_transaction: a number that no transaction has yet
-- server     which database server the numbers are of
-- positions  [cdCliente, cdDispositivo, cdProduto, its client, dsLat, dsLong, blArea, transaction, the
--            position, and how those see it who may not see the product]; the position is null where the
--            device has another client now
-- measured   [cdCliente, cdSensor, the latest value]
-- It answers only for clients of these callers, whom PostgreSQL looks up, so that the application's login
-- sees no more than by their requests. Stable: all of it is of one snapshot.
-- Security definer: reads callers and, for all of them together, rows. Who may call it: that login.
create function private.follow_positions(
  p_callers text[], p_known integer[], p_horizon xid8, p_sensors integer[],
  out callers json, out horizon text, out next_transaction text, out server text, out positions json,
  out measured json
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_clients integer[];
  v_horizon xid8 := private.known_horizon(p_horizon);
begin
  with seen as materialized (
    select c.caller, c.clients from private.clients_of_callers(p_callers) c
  )
  select json_object_agg(s.caller, s.clients), array(select distinct u from seen e, unnest(e.clients) u)
  into callers, v_clients
  from seen s;
  horizon := private.change_horizon();
  next_transaction := pg_snapshot_xmax(pg_current_snapshot());
  server := (pg_control_system()).system_identifier;
  select json_agg(json_build_array(
    a."cdCliente", a."cdDispositivo", v."cdProduto", p."cdCliente", v."dsLat", v."dsLong", v."blArea",
    a."nrTransacao"::text, r.entry, case when p."cdCliente" is distinct from a."cdCliente" then r.entry
      || '{"cdProduto": null, "nrCodigo": null, "dsProduto": null, "dsDescricao": null}' end))
  into positions
  from public."TbPosicaoAtual" a
  left join public."VwTbPosicaoAtual" v on v."cdDispositivo" = a."cdDispositivo"
  left join public."TbProduto" p on p."cdProduto" = v."cdProduto"
  cross join lateral (
    select case when v."cdDispositivo" is not null then private.describe_position(to_jsonb(v)) end as entry
  ) r
  where a."cdCliente" = any (v_clients)
    and (a."nrTransacao" >= v_horizon and a."nrTransacao" < pg_snapshot_xmax(pg_current_snapshot())
         or not a."cdCliente" = any (p_known));
  if p_sensors <> '{}' then
    measured := private.latest_values(p_sensors, v_clients);
  end if;
end
$$;
comment on function private.follow_positions is 'What changed for the viewers of the stream.';
revoke all on function private.follow_positions from public;
grant execute on function private.follow_positions to rastro_api, rastro_api_2;
grant usage on schema private to rastro_api, rastro_api_2;
