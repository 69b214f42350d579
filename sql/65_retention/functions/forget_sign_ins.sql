-- Removes a person from the log of Supabase Auth, where there is one and the owner of this function may, as
-- on hosted projects: entries of what it did are deleted, and those of others lose what they say of it.
-- Whatever names a person there is in traits, beside the id. Part of private.delete_person, and of
-- private.finish_person_deletions, as the deletion of the account may be logged afterwards.
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
  execute format($s$delete from %s e where e.payload ->> 'actor_id' = $1::text
                    or lower(e.payload ->> 'actor_username') = lower(nullif($2, ''))$s$, v_log)
  using p_person, p_email;
  get diagnostics v_deleted = row_count;
  execute format($s$update %s e set payload = replace(
                      (e.payload::jsonb - 'traits')::text, $1::text, $3::text)::json
                    where strpos(e.payload::text, $1::text) > 0
                       or strpos(lower(e.payload::text), lower(nullif($2, ''))) > 0$s$, v_log)
  using p_person, p_email, p_receipt;
  get diagnostics v_changed = row_count;
  perform private.note_in_receipt(p_receipt, 'audit_log_entries', 'delete', v_deleted);
  perform private.note_in_receipt(p_receipt, 'audit_log_entries', 'update', v_changed);
end
$$;
comment on function private.forget_sign_ins is
  'Removes a person from the log of Supabase Auth, with a receipt.';
revoke all on function private.forget_sign_ins from public;
