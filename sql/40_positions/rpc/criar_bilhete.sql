-- A ticket that opens one stream as the caller, within 30 seconds: a browser's EventSource cannot send
-- headers, and a credential does not belong in a URL. It says who, never what they may see. Of a
-- caller the latest 20 are valid; it counts as a call of a key.
-- Who: callers with the permission read; not trackers without credentials, and not the service itself.
-- Security definer: API roles may not write tickets.
-- Raises PT403 FORBIDDEN.
create function public.criar_bilhete() returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('read');
  v_ticket text := replace(private.generate_key(), 'rastro_', 'bilhete_');
  v_end timestamptz := date_trunc('seconds', now()) + interval '30 seconds';
begin
  if v_caller."dsTipo" not in ('user', 'key') then
    raise sqlstate 'PT403' using message = 'Only people and API keys may open a stream', hint = 'FORBIDDEN';
  end if;
  delete from private."TbBilhete" b
  where b."dsHash" in (
    select e."dsHash" from private."TbBilhete" e
    where e."dtExpiracao" <= now()
      or e."dsChamador" = v_caller."dsChamador" and e."dsHash" in (
        select m."dsHash" from private."TbBilhete" m where m."dsChamador" = v_caller."dsChamador"
        order by m."dtExpiracao" desc offset 19)
    for update skip locked);
  insert into private."TbBilhete" ("dsHash", "dsChamador", "dtExpiracao")
  values (encode(sha256(convert_to(v_ticket, 'UTF8')), 'hex'), v_caller."dsChamador", v_end);
  return jsonb_build_object(
    'dsBilhete', v_ticket, 'dtExpiracao', to_jsonb(v_end at time zone 'UTC') #>> '{}' || 'Z');
end
$$;
comment on function public.criar_bilhete is 'A ticket that opens one stream.';
revoke all on function public.criar_bilhete from public;
grant execute on function public.criar_bilhete to authenticated, service_role;
