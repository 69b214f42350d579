-- One page of positions, newest first. Order and key are (dtRegistro, cdDispositivo, nrSeq; null lowest), so nothing that
-- arrives later moves what was handed out. Each device gives its newest rows, straight from the unique index and only from
-- the partitions in question, and the page is cut from those.
-- p_cursor  the row after which to begin, or null;  p_pular  rows to leave out first;  p_limite  rows at most
create function private.pagina_do_historico(p_alvos private.alvo_historico[], p_cd_cliente integer, p_de timestamp,
  p_ate timestamp, p_cursor private.cursor_historico, p_pular bigint, p_limite integer) returns public."TbPosicao"[]
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
set enable_seqscan = off set jit = off as $$
begin
  return array(
    select p.linha
    from unnest(p_alvos) a
    cross join lateral (
      select q as linha, q."dtRegistro", q."cdDispositivo", q."nrSeq" from public."TbPosicao" q
      where q."cdDispositivo" = a."cdDispositivo"
        and q."dtRegistro" between p_de and least(p_ate, p_cursor."dtRegistro")
        and (p_cd_cliente is null or q."cdCliente" = p_cd_cliente)
        and private.na_janela(q."dtRegistro"::time, a.inicio, a.fim)
        and (p_cursor."dtRegistro" is null
          or private.atras_do_cursor(q."dtRegistro", q."cdDispositivo", q."nrSeq", p_cursor))
      order by q."dtRegistro" desc, q."nrSeq" desc nulls last
      limit p_pular + p_limite
    ) p
    order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last
    offset p_pular limit p_limite);
end
$$;
comment on function private.pagina_do_historico(private.alvo_historico[], integer, timestamp, timestamp,
  private.cursor_historico, bigint, integer) is 'One page of positions, newest first.';
revoke all on function private.pagina_do_historico(private.alvo_historico[], integer, timestamp, timestamp,
  private.cursor_historico, bigint, integer) from public;
grant execute on function private.pagina_do_historico(private.alvo_historico[], integer, timestamp, timestamp,
  private.cursor_historico, bigint, integer) to authenticated, service_role;
