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
