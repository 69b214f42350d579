create table public."TbDispositivoMeta" (
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "dtRegistro" timestamp not null,
  "jsMeta" jsonb not null,
  primary key ("cdDispositivo", "cdCliente")
) with (fillfactor = 70);
-- room for HOT updates, as of TbPosicaoAtual
alter table public."TbDispositivoMeta" enable row level security;
revoke all on public."TbDispositivoMeta" from public, anon, authenticated;
grant select on public."TbDispositivoMeta" to authenticated, service_role;
comment on table public."TbDispositivoMeta" is
  'What a device last said of itself beside values, such as signal strength and firmware; one row per '
  'owner at receipt.';
comment on column public."TbDispositivoMeta"."dtRegistro" is 'Time (UTC) of the latest reading with meta.';
comment on column public."TbDispositivoMeta"."jsMeta" is
  'Members of meta, each the latest known; at most 8192 bytes.';
