-- PostgREST reads this setting of its login role. Without PostgREST there is nothing to set; and a function
-- that somebody else has put there is not replaced.
do $$
declare
  v_current text := (
    select split_part(s, '=', 2)
    from pg_db_role_setting r, unnest(r.setconfig) s
    where r.setrole = to_regrole('authenticator') and r.setdatabase = 0 and s like 'pgrst.db_pre_request=%');
begin
  if to_regrole('authenticator') is null then
    return;
  end if;
  if v_current <> 'public.antes_da_requisicao' then
    raise warning
      'pgrst.db_pre_request of authenticator is % and is kept: call public.antes_da_requisicao() from it',
      v_current;
    return;
  end if;
  alter role authenticator set pgrst.db_pre_request = 'public.antes_da_requisicao';
  notify pgrst, 'reload config';
end
$$;
