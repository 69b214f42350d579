-- Notes that a key is used, and refuses what exceeds its limits. PT429 RATE_LIMITED, QUOTA_EXCEEDED; detail: seconds to wait.
-- A call that is refused or fails takes its count back. Calls under way at the same moment do not see each other: at most
-- one a connection slips through. Nothing can be counted in a read-only transaction (a GET of the Data API); it is refused
-- where one more call would be too many.
create function private.contar_uso(p_hash text) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_chave public."TbApiKeys";
  v_fatia smallint := pg_backend_pid() % 64;
  v_conta integer; -- 1 for a key with a limit: its calls are counted, of the others only the last use is noted
begin
  select k.* into v_chave from public."TbApiKeys" k where k."dsHash" = p_hash;
  v_conta := (num_nonnulls(v_chave."nrLimiteMinuto", v_chave."nrCotaDiaria") > 0)::integer;
  if v_conta = 0
     and exists (select from public."TbUsoApiKey" u
                 where u."cdApiKey" = v_chave."cdApiKey" and u."nrFatia" = v_fatia
                   and u."dtUltimoUso" > now() - interval '1 minute') then
    return;
  end if;
  if current_setting('transaction_read_only') = 'off' then
    insert into public."TbUsoApiKey" as u ("cdApiKey", "nrFatia", "dtUltimoUso", "dtMinuto", "nrMinuto", "dtDia", "nrDia")
    values (v_chave."cdApiKey", v_fatia, now(), date_trunc('minute', now()), v_conta,
            (now() at time zone 'UTC')::date, v_conta)
    on conflict ("cdApiKey", "nrFatia") do update set
      "dtUltimoUso" = excluded."dtUltimoUso",
      "dtMinuto" = excluded."dtMinuto",
      "nrMinuto" = case when u."dtMinuto" = excluded."dtMinuto" then u."nrMinuto" + v_conta else v_conta end,
      "dtDia" = excluded."dtDia",
      "nrDia" = case when u."dtDia" = excluded."dtDia" then u."nrDia" + v_conta else v_conta end;
  end if;
  perform private.exigir_cota(v_chave, (current_setting('transaction_read_only') = 'on')::integer);
end
$$;
comment on function private.contar_uso(text) is 'Notes the use of an API key and holds it to its limits.';
revoke all on function private.contar_uso(text) from public;

create function private.exigir_cota(p_chave public."TbApiKeys", p_nao_contadas integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_minuto timestamptz := date_trunc('minute', now());
  v_dia timestamp := date_trunc('day', now() at time zone 'UTC');
  v_uso record;
begin
  select sum(u."nrMinuto") filter (where u."dtMinuto" = v_minuto) as minuto,
         sum(u."nrDia") filter (where u."dtDia" = v_dia::date) as dia
  into v_uso from public."TbUsoApiKey" u where u."cdApiKey" = p_chave."cdApiKey";
  if v_uso.minuto + p_nao_contadas > p_chave."nrLimiteMinuto" then
    raise sqlstate 'PT429' using hint = 'RATE_LIMITED',
      message = format('This key may make %s calls a minute', p_chave."nrLimiteMinuto"),
      detail = ceil(extract(epoch from v_minuto + interval '1 minute' - now()))::text;
  end if;
  if v_uso.dia + p_nao_contadas > p_chave."nrCotaDiaria" then
    raise sqlstate 'PT429' using hint = 'QUOTA_EXCEEDED',
      message = format('This key may make %s calls a day (UTC)', p_chave."nrCotaDiaria"),
      detail = ceil(extract(epoch from v_dia + interval '1 day' - (now() at time zone 'UTC')))::text;
  end if;
end
$$;
comment on function private.exigir_cota(public."TbApiKeys", integer) is 'Refuses a key that has been used more often than it may.';
revoke all on function private.exigir_cota(public."TbApiKeys", integer) from public;
