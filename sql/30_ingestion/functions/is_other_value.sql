-- Whether a value contradicts the one that has its place. Of item and quality only what was sent is compared.
-- p_sent  the later value; the others: the value that was there first
-- Inlined: no SET clause.
create function private.is_other_value(
  p_sent private.checked_value, p_number double precision, p_boolean boolean, p_text text, p_item integer,
  p_quality smallint
) returns boolean
language sql immutable parallel safe as $$
  select (p_number, p_boolean, p_text)
           is distinct from ((p_sent)."nrValor", (p_sent)."blValor", (p_sent)."dsValor")
         or (p_sent).item_was_sent and p_item is distinct from (p_sent)."cdProdutoItem"
         or coalesce(p_quality <> (p_sent)."nrQualidade", false)
$$;
comment on function private.is_other_value is 'Whether a value contradicts the one that has its place.';
revoke all on function private.is_other_value from public;
