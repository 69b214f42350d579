-- Phase 5, API keys: only the SHA-256 of a key is kept. Keys that were handed out keep working, with what they may do.
-- The clear text leaves the table's file as well; backups and old log files still have it, so rotate keys in time.
-- by hand: sql/20_access/tables/TbApiKeys.sql
-- by hand: sql/20_access/foreign_keys/TbApiKeys.sql

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

do $$
declare
  v_chaves integer;
begin
  insert into private."TbConversaoAviso" ("dsTabela", "cdLinha", "dsAntes", "dsMotivo")
  select 'TbApiKeys', k."cdApiKey", jsonb_build_object('dsPermissoes', k."dsPermissoes"),
         'permissions other than read, ingest and admin removed'
  from public."TbApiKeys" k where not k."dsPermissoes" <@ '{read,ingest,admin}'
  order by k."cdApiKey";
  get diagnostics v_chaves = row_count;
  if v_chaves > 0 then
    raise warning '% API keys had permissions that do not exist any more. See private."TbConversaoAviso"', v_chaves;
  end if;
end
$$;

alter table public."TbApiKeys"
  add column "dsHash" text unique check ("dsHash" ~ '^[0-9a-f]{64}$'),
  add column "dsPrefixo" text constraint "TbApiKeys_dsPrefixo_max_50" check (char_length("dsPrefixo") <= 50),
  add column "nrLimiteMinuto" integer check ("nrLimiteMinuto" > 0),
  add column "nrCotaDiaria" integer check ("nrCotaDiaria" > 0),
  add column "cdCliente" integer,
  add column "cdApiKeyMae" uuid,
  add column "cdPortador" uuid;
create index "TbApiKeys_cdCliente_idx" on public."TbApiKeys" ("cdCliente");
create index "TbApiKeys_cdApiKeyMae_idx" on public."TbApiKeys" ("cdApiKeyMae");
create index "TbApiKeys_cdPortador_idx" on public."TbApiKeys" ("cdPortador") where "cdPortador" is not null;
-- A key rests on the client that its owner belongs to now; one that names no clients gets those that the owner sees.
update public."TbApiKeys" k set
  "cdCliente" = p."cdCliente",
  "cdClientes" = coalesce(k."cdClientes", array(
    select c."cdCliente" from public."TbCliente" c
    where c."cdCliente" = p."cdCliente" or c."cdClientePai" = p."cdCliente"))
from public.profiles p
where p.id = k."cdUsuario" and p.role is distinct from 'service';
-- infinity and the like: a key that never ends has no expiry, and one that ended long ago still has
update public."TbApiKeys" k set
  "dtExpiracao" = case when k."dtExpiracao" < '2000-01-01Z' then timestamptz '2000-01-01Z' end
where not (k."dtExpiracao" >= '2000-01-01Z' and k."dtExpiracao" < '10000-01-01Z');
update public."TbApiKeys" k set
  "dsHash" = encode(sha256(convert_to(k."dsKey", 'UTF8')), 'hex'),
  "dsPrefixo" = left(k."dsKey", least(12, length(k."dsKey") / 4)), -- recognised by it, not guessed from it
  "dtRegistro" = coalesce(k."dtRegistro", now()),
  "dsPermissoes" = case when k."dsPermissoes" is null then '{read}'
                   else array(select p from unnest(k."dsPermissoes") with ordinality as u(p, n)
                              where p in ('read', 'ingest', 'admin') group by p order by min(n)) end;
alter table public."TbApiKeys" drop column "dsKey";
alter table public."TbApiKeys"
  alter column "cdApiKey" set default gen_random_uuid(),
  alter column "dsHash" set not null,
  alter column "dtRegistro" set default now(),
  alter column "dtRegistro" set not null,
  alter column "dsPermissoes" set not null,
  alter column "dsPermissoes" set default '{read}',
  add check ("dsPermissoes" <@ '{read,ingest,admin}'::text[]),
  add constraint "TbApiKeys_dtExpiracao_check" check ("dtExpiracao" >= '2000-01-01Z' and "dtExpiracao" < '10000-01-01Z'),
  add constraint "TbApiKeys_dsPermissoes_max_3" check (cardinality("dsPermissoes") <= 3),
  add constraint "TbApiKeys_cdClientes_max_10000" check (cardinality("cdClientes") <= 10000),
  alter column "dsNome" type text using "dsNome" || ''; -- writes the table anew, without what was dropped

-- from sql/20_access/tables/TbApiKeys.sql: comment on
comment on table public."TbApiKeys" is
  'API keys of integrations and gateways. The key itself is shown once and not stored.';
comment on constraint "TbApiKeys_dsNome_max_1000" on public."TbApiKeys" is
  'dsNome has at most 1000 characters';
comment on constraint "TbApiKeys_cdClientes_max_10000" on public."TbApiKeys" is
  'cdClientes has at most 10000 elements';
comment on constraint "TbApiKeys_dsPermissoes_max_3" on public."TbApiKeys" is
  'dsPermissoes has at most 3 elements';
comment on constraint "TbApiKeys_dsPrefixo_max_50" on public."TbApiKeys" is
  'dsPrefixo has at most 50 characters';
comment on column public."TbApiKeys"."dsHash" is 'SHA-256 of the key, lower-case hexadecimal.';
comment on column public."TbApiKeys"."dsPrefixo" is
  'First characters of the key, so that people can recognise it.';
comment on column public."TbApiKeys"."cdClientes" is
  'Clients the key was made for; it acts for those that its owner still sees. Null, for keys of the '
  'service: all.';
comment on column public."TbApiKeys"."cdCliente" is
  'Client on whose membership the key rests: its owner''s when it was made. The key ends with it, and its '
  'admins see and revoke the key. Null: made by the service, or by somebody without a client.';
comment on column public."TbApiKeys"."cdApiKeyMae" is
  'Key by which it was made, if it was not a person; never does more, nor lasts longer, than that one.';
comment on column public."TbApiKeys"."cdPortador" is
  'Person who was given its text by replacing a key of somebody else: it ends with the membership of both.';
comment on column public."TbApiKeys"."dsPermissoes" is 'read, ingest, admin (which includes the others).';
comment on column public."TbApiKeys"."nrLimiteMinuto" is
  'Calls the key may make in a minute; null: no limit.';
comment on column public."TbApiKeys"."nrCotaDiaria" is
  'Calls the key may make in a day (UTC); null: no limit.';
comment on constraint "TbApiKeys_dtExpiracao_check" on public."TbApiKeys" is
  'dtExpiracao is in the years 2000 to 9999';
-- end

-- from sql/20_access/tables
create table public."TbDispositivoLiberado" (
  "cdDispositivo" integer primary key,
  "dtFim" timestamptz not null
    constraint "TbDispositivoLiberado_dtFim_check"
      check ("dtFim" >= '2000-01-01Z' and "dtFim" < '10000-01-01Z'),
  "dsMotivo" text not null
    constraint "TbDispositivoLiberado_dsMotivo_max_4000" check (char_length("dsMotivo") <= 4000),
  "dtRegistro" timestamptz not null default now()
);
alter table public."TbDispositivoLiberado" enable row level security;
revoke all on public."TbDispositivoLiberado" from public, anon, authenticated;
grant select, delete on public."TbDispositivoLiberado" to authenticated, service_role;
grant insert ("cdDispositivo", "dtFim", "dsMotivo")
  on public."TbDispositivoLiberado" to authenticated, service_role;
grant update ("dtFim", "dsMotivo")
  on public."TbDispositivoLiberado" to authenticated, service_role;
comment on table public."TbDispositivoLiberado" is
  'Trackers that cannot be changed and may send without credentials, by the legacy POST /Posicao only.';
comment on constraint "TbDispositivoLiberado_dsMotivo_max_4000" on public."TbDispositivoLiberado" is
  'dsMotivo has at most 4000 characters';
comment on column public."TbDispositivoLiberado"."dtFim" is 'Until when it may.';
comment on column public."TbDispositivoLiberado"."dsMotivo" is 'Why it cannot be given credentials.';
comment on constraint "TbDispositivoLiberado_dtFim_check" on public."TbDispositivoLiberado" is
  'dtFim is in the years 2000 to 9999';
-- What private.current_caller signs with when it remembers who calls. Made at random for each installation.
create table private."TbSegredo" (
  "blUnico" boolean primary key default true check ("blUnico"),
  "cdSegredo" uuid not null default gen_random_uuid()
);
alter table private."TbSegredo" enable row level security;
comment on table private."TbSegredo" is
  'Secret of this installation, one row: shows that the database itself remembered who calls.';
comment on column private."TbSegredo"."cdSegredo" is 'Random; never leaves the database.';
-- With one row per key, a call would lock it until it commits, and a gateway with many connections would send
-- one by one. So every key has several rows, and a server process always counts in the same one; the sum is
-- the use.
create table public."TbUsoApiKey" (
  "cdApiKey" uuid not null,
  "nrFatia" smallint not null,
  "dtUltimoUso" timestamptz not null,
  "dtMinuto" timestamptz not null,
  "nrMinuto" integer not null,
  "dtDia" date not null,
  "nrDia" integer not null,
  primary key ("cdApiKey", "nrFatia")
) with (fillfactor = 50);
-- room for the next version of a row beside it
alter table public."TbUsoApiKey" enable row level security;
revoke all on public."TbUsoApiKey" from public, anon, authenticated;
grant select on public."TbUsoApiKey" to authenticated, service_role;
comment on table public."TbUsoApiKey" is
  'When API keys were last used, and how often those with a limit are used.';
comment on column public."TbUsoApiKey"."nrFatia" is
  'Slot of a server process, so that calls do not wait for each other.';
comment on column public."TbUsoApiKey"."dtUltimoUso" is 'Last use, to a minute.';
comment on column public."TbUsoApiKey"."dtMinuto" is 'The minute that nrMinuto counts.';
comment on column public."TbUsoApiKey"."nrMinuto" is
  'Calls in that minute; counted for keys with a limit only.';
comment on column public."TbUsoApiKey"."dtDia" is 'The day (UTC) that nrDia counts.';
comment on column public."TbUsoApiKey"."nrDia" is 'Calls on that day; counted for keys with a limit only.';
-- end

-- from sql/20_access/rows
insert into private."TbSegredo" default values;
-- end

-- from sql/20_access/foreign_keys
alter table public."TbDispositivoLiberado" add foreign key ("cdDispositivo")
  references public."TbDispositivo" on delete cascade;
alter table public."TbUsoApiKey" add foreign key ("cdApiKey") references public."TbApiKeys" on delete cascade;
-- end
