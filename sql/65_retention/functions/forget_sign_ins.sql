-- Removes a person from the log of Supabase Auth, where there is one and the owner of this function may, as
-- on hosted projects: entries of what it did are deleted, and those of others lose what they say of it.
-- Whatever names a person there is in traits, beside the id. The e-mail is looked for as a whole value, as
-- that of somebody else may contain it. The log is read once, as no index of ours is there, and only what may
-- name the person is parsed. Part of private.delete_person, and of private.finish_person_deletions, as the
-- deletion of the account may be logged afterwards.
-- p_email   of the person, as long as it is known
create function private.forget_sign_ins(p_receipt uuid, p_person uuid, p_email text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_log regclass := to_regclass('auth.audit_log_entries');
  v_deleted bigint;
  v_changed bigint;
begin
  if v_log is null or not (
      has_table_privilege(v_log, 'SELECT') and has_table_privilege(v_log, 'UPDATE')
      and has_table_privilege(v_log, 'DELETE')) then
    return;
  end if;
  execute format($s$
    with entry as materialized (
      select e.id, e.payload from %1$s e
      where lower(e.payload::text collate "C") like any (array[
        '%%' || $1 || '%%', -- JSON may escape any character but these
        '%%' || regexp_replace(lower(nullif($2, '')), '[^a-z0-9.@-]+', '%%', 'g') || '%%'])
    ), named as materialized (
      select e.id, e.payload ->> 'actor_id' = $1::text
                   or lower(e.payload ->> 'actor_username') = lower(nullif($2, '')) as is_own
      from entry e
      where strpos(e.payload::text, $1::text) > 0 or $2 <> '' and jsonb_path_exists(
              lower(e.payload::text)::jsonb, 'strict $.** ? (@ == $email)',
              jsonb_build_object('email', lower($2)))
    ), gone as (
      delete from %1$s e using named n where e.id = n.id and n.is_own returning 1
    ), changed as (
      update %1$s e set payload = replace((e.payload::jsonb - 'traits')::text, $1::text, $3::text)::json
      from named n where e.id = n.id and n.is_own is not true returning 1
    )
    select (select count(*) from gone), (select count(*) from changed)$s$, v_log)
  into v_deleted, v_changed using p_person, p_email, p_receipt;
  perform private.note_in_receipt(p_receipt, 'audit_log_entries', 'delete', v_deleted);
  perform private.note_in_receipt(p_receipt, 'audit_log_entries', 'update', v_changed);
end
$$;
comment on function private.forget_sign_ins is
  'Removes a person from the log of Supabase Auth, with a receipt.';
revoke all on function private.forget_sign_ins from public;
