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
