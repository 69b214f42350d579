-- What devices send besides readings: acknowledgements of commands, and events. Devices are looked up as
-- those of readings are, with the same texts for the same errors. Times are ISO 8601, or seconds or
-- milliseconds since 1970; a message without one has that beside it (dtRegistro: when it was published, or
-- first arrived), otherwise p_now. They are as late and as early as those of readings may be.
-- Called by public.insert_device_messages, public.reprocessar_payload and public.reprocessar_erros.
create function private.read_messages(p_messages jsonb, p_clients integer[], p_now timestamp)
returns private.device_message[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select private.make_device_message(
      p_batch_index => (o.n - 1)::integer,
      p_kind => c.kind,
      p_device => d."cdDispositivo",
      p_client => d."cdCliente",
      p_device_time => v.instant,
      p_key => v.key,
      p_ok => c.ok = 'true',
      p_payload => c.payload,
      p_verdict => case when fault.message is null then 'stored' else 'rejected' end,
      p_error_code => substring(fault.message from '^\S+'),
      p_error_text => substring(fault.message from '^\S+ (.*)$'))
    from jsonb_array_elements(p_messages) with ordinality as o(e, n)
    cross join private."TbConfiguracao" config
    cross join lateral (
      select o.e ->> 'tipo' as kind, o.e -> 'dsPayload' as payload,
             nullif(o.e -> 'cdCliente', 'null') as client,
             nullif(o.e #> '{dsPayload,ok}', 'null') as ok,
             case o.e ->> 'tipo'
               when 'ack' then o.e #> '{dsPayload,cmd_id}'
               else o.e #> '{dsPayload,event_type}'
             end as key,
             coalesce(nullif(case o.e ->> 'tipo'
               when 'ack' then o.e #> '{dsPayload,ts_exec}'
               else o.e #> '{dsPayload,ts}'
             end, 'null'), nullif(o.e -> 'dtRegistro', 'null')) as instant
      offset 0
    ) c
    cross join lateral (
      select case
               when jsonb_typeof(c.key) = 'string' and length(c.key #>> '{}') between 1 and 200
               then c.key #>> '{}'
             end as key,
             case
               when c.instant is null then p_now + o.n * interval '1 microsecond'
               when jsonb_typeof(c.instant) = 'string' then private.read_instant(c.instant #>> '{}')
               else private.read_epoch(c.instant)
             end as instant
      offset 0
    ) v
    left join public."TbDispositivo" d on d."cdDispositivo" = private.read_integer(o.e -> 'cdDispositivo')
    left join public."TbCliente" owner on owner."cdCliente" = d."cdCliente"
    cross join lateral (
      select case
        when not coalesce(c.kind in ('ack', 'event'), false) then 'MALFORMED tipo must be ack or event'
        when jsonb_typeof(c.payload) is distinct from 'object' or c.payload ->> 'schema' is distinct from 'v1'
          then 'MALFORMED The message must be an object of schema v1'
        when v.key is null and c.kind = 'ack'
          then 'MALFORMED cmd_id must be a string of 1 to 200 characters'
        when v.key is null then 'MALFORMED event_type must be a string of 1 to 200 characters'
        when c.kind = 'ack' and jsonb_typeof(c.ok) is distinct from 'boolean'
          then 'MALFORMED ok must be true or false'
        when d."cdCliente" is null
          then format('UNKNOWN_DEVICE Device %s is not known',
                      left(coalesce(o.e ->> 'cdDispositivo', 'null'), 40))
        when not d."cdCliente" = any (p_clients)
          or not (c.client is null
            or coalesce(private.read_integer(c.client) in (d."cdCliente", owner."cdClientePai"), false))
          then format('FORBIDDEN_DEVICE Device %s is not known', d."cdDispositivo")
        when v.instant is null
          then format('INVALID_TIMESTAMP %s is neither an ISO 8601 instant nor seconds or milliseconds since '
                      '1970', left(c.instant::text, 40))
        when v.instant < date_trunc('month', p_now) - make_interval(months => config."nrMesesAtras")
            or v.instant > p_now + make_interval(mins => config."nrMinutosAdiante")
                           + o.n * interval '1 microsecond'
          then format('TIMESTAMP_OUT_OF_RANGE %s %s is not between %s and %s UTC',
                      case c.kind when 'ack' then 'ts_exec' else 'ts' end, left(c.instant::text, 40),
                      (date_trunc('month', p_now) - make_interval(months => config."nrMesesAtras"))::date,
                      date_trunc('second', p_now + make_interval(mins => config."nrMinutosAdiante")))
      end as message
      offset 0
    ) fault
    order by o.n);
end
$$;
comment on function private.read_messages is
  'Acknowledgements and events, typed and checked; an error becomes a verdict.';
revoke all on function private.read_messages from public;
