-- Compares the values of one element with the stored ones. When the same value came under two positions, the
-- one with the lowest nrSeq (null first) owns the row, whatever came first. Values received under a former
-- owner of the device have another key. Called by private.judge_elements.
-- p_stored_position   the element's own position, if it is stored: whose values it has is known then
-- Inlined: no SET clause, full names.
create function private.compare_values(p_element private.element, p_stored_position bigint)
returns table (
  compared_values private.checked_value[], missing_count integer, take_over_count integer, differs boolean,
  repeats boolean
)
language sql stable as $$
  select coalesce(array_agg(private.make_checked_value(
           p_sensor => l."cdSensor", p_number => l."nrValor", p_boolean => l."blValor", p_text => l."dsValor",
           p_item => l."cdProdutoItem", p_item_was_sent => l.item_was_sent, p_quality => l."nrQualidade",
           p_action => x.action, p_owner_position => r."cdPosicao")), '{}'),
         count(*) filter (where x.action is null)::integer,
         count(*) filter (where x.action = 'take_over')::integer,
         coalesce(bool_or(r."cdSensor" is not null and private.is_other_value(
           l, r."nrValor", r."blValor", r."dsValor", r."cdProdutoItem", r."nrQualidade")), false),
         count(*) <> count(distinct l."cdSensor")
  from unnest((p_element).sensor_values) l
  left join lateral private.stored_value(l."cdSensor", (p_element)."dtRegistro", (p_element)."cdCliente") r
    on true
  cross join lateral (
    select case
      when r."cdSensor" is null then null
      when (p_element)."cdPosicao" is not null and r."cdDispositivo" = (p_element)."cdDispositivo"
        and (r."cdPosicao" is null or r."cdPosicao" is distinct from p_stored_position and (
          select bool_or(coalesce((p_element)."nrSeq" < p."nrSeq",
                                  (p_element)."nrSeq" is null and p."nrSeq" is not null))
          from (
            select s."nrSeq" from series."TbPosicao" s
            where s."cdPosicao" = r."cdPosicao" and s."dtRegistro" = (p_element)."dtRegistro"
            union all
            select s."nrSeq" from private.packed_position((p_element)."cdDispositivo",
              (p_element)."dtRegistro", (p_element)."cdCliente", null, r."cdPosicao") s
            where (p_element)."dtRegistro" < (select private.packed_before())
          ) p))
        then 'take_over'
      else 'keep'
    end as action
  ) x
$$;
comment on function private.compare_values is 'Compares the values of an element with the stored ones.';
revoke all on function private.compare_values from public;
