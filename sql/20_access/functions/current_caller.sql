-- Who calls, looked up once a transaction: policies ask for each table of each statement. The answer is kept
-- in a setting of the transaction. Anybody may write settings, so one is believed only with its signature
-- (private.sign_caller), which nobody else can make; otherwise the caller is looked up. A change of people,
-- keys or clients by the transaction itself makes it look again (private.forget_caller); what others change
-- meanwhile holds from the next transaction on, or where a function says so after it has waited for them.
-- Trackers send one request a transaction and are not kept. Returns null for an unknown caller.
-- Security definer: reads profiles and keys that the caller may not see, and the secret.
create function private.current_caller() returns private.identity
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_kept text := current_setting('rastro.chamador', true);
  v_secret uuid;
  v_caller private.identity;
begin
  select s."cdSegredo" into v_secret from private."TbSegredo" s;
  if v_kept <> '' and left(v_kept, 64) = private.sign_caller(v_secret, substr(v_kept, 65)) then
    return substr(v_kept, 65)::private.identity;
  end if;
  v_caller := private.resolve_caller();
  if v_caller."dsTipo" in ('user', 'key', 'service') then
    perform set_config(
      'rastro.chamador', private.sign_caller(v_secret, v_caller::text) || v_caller::text, true);
  end if;
  return v_caller;
end
$$;
comment on function private.current_caller is
  'The caller of this request, or null. Resolved once a transaction.';
revoke all on function private.current_caller from public;
