-- What devices log in to the broker with, for the RPCs that manage it.

-- Mosquitto's own form. The secret has 256 random bits: nothing is gained by hashing it slowly.
create function private.hash_do_broker(p_segredo text, p_sal bytea) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '$6$' || encode(p_sal, 'base64') || '$'
         || translate(encode(sha512(convert_to(p_segredo, 'UTF8') || p_sal), 'base64'), E'\n', '')
$$;
comment on function private.hash_do_broker(text, bytea) is 'Salted SHA-512 of a secret, as Mosquitto takes it.';
revoke all on function private.hash_do_broker(text, bytea) from public;

create function private.descrever_credencial(p_credencial public."TbDispositivoCredencial") returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_credencial) - 'dsHash'
$$;
comment on function private.descrever_credencial(public."TbDispositivoCredencial") is 'A credential as JSON, without its hash.';
revoke all on function private.descrever_credencial(public."TbDispositivoCredencial") from public;

-- PT404 NOT_FOUND: no such device, or another client's.
create function private.exigir_dispositivo(p_chamador private.identidade, p_cd_dispositivo integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public."TbDispositivo" d
                 where d."cdDispositivo" = p_cd_dispositivo and d."cdCliente" = any (p_chamador."cdClientes")) then
    raise sqlstate 'PT404' using message = 'There is no such device', hint = 'NOT_FOUND';
  end if;
end
$$;
comment on function private.exigir_dispositivo(private.identidade, integer) is 'Refuses devices that the caller does not act for.';
revoke all on function private.exigir_dispositivo(private.identidade, integer) from public;
