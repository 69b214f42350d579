-- No foreign keys: a receipt outlives what it is about.
create table public."TbReciboExclusao" (
  "cdExclusao" uuid primary key,
  "cdDispositivo" integer,
  "cdClientes" integer[] not null,
  "dsMotivo" text not null
    constraint "TbReciboExclusao_dsMotivo_max_4000" check (char_length("dsMotivo") <= 4000),
  "dsChamador" text not null,
  "dsRequisicao" text,
  "dtPedido" timestamptz not null default now(),
  "dtFim" timestamptz,
  "jsLinhas" jsonb not null default '{}',
  "cdSensoresPartilhados" integer[] not null default '{}',
  "xiExclusao" xid8,
  "dsArquivos" text[] not null default '{}',
  "dsPessoa" text check ("dsPessoa" ~ '^[0-9a-f]{64}$'),
  "cdUsuario" uuid,
  check (num_nonnulls("cdDispositivo", "dsPessoa") = 1)
);
alter table public."TbReciboExclusao" enable row level security;
revoke all on public."TbReciboExclusao" from public, anon, authenticated;
grant select on public."TbReciboExclusao" to authenticated, service_role;
comment on table public."TbReciboExclusao" is
  'Receipts of series and people that were deleted on request: who asked, when, why, and what was deleted.';
comment on constraint "TbReciboExclusao_dsMotivo_max_4000" on public."TbReciboExclusao" is
  'dsMotivo has at most 4000 characters';
comment on column public."TbReciboExclusao"."cdExclusao" is
  'Code of the request, chosen by the caller: the same request again has the same receipt.';
comment on column public."TbReciboExclusao"."cdClientes" is 
  'Clients that the device ever had, or the client of the person.';
comment on column public."TbReciboExclusao"."dsRequisicao" is 'Request id, as in the log of the API.';
comment on column public."TbReciboExclusao"."dtFim" is
  'When everything was deleted; null: maintenance is at it, or waits for the end of a legal hold.';
comment on column public."TbReciboExclusao"."cdDispositivo" is
  'Device whose series was deleted; null: the receipt is of a person.';
comment on column public."TbReciboExclusao"."xiExclusao" is
  'The latest transaction that deleted rows of the device: see get_exclusoes_desde.';
comment on column public."TbReciboExclusao"."dsArquivos" is
  'Months in archives of scripts/archive that have rows of the device still, or may have.';
comment on column public."TbReciboExclusao"."dsPessoa" is
  'SHA-256 of cdExclusao, a colon and the id of the person: who knows both can tell that it was this person.';
comment on column public."TbReciboExclusao"."cdUsuario" is
  'The person, until dtFim: what calls in flight still wrote about it is deleted by maintenance.';
comment on column public."TbReciboExclusao"."jsLinhas" is
  'By table: nrLinhas, the first and the last time, and nrSoma, the sum of the hashes of the rows; of a '
  'person nrLinhas, and dsOperacao: whether rows were deleted, or changed so that they do not name it.';
comment on column public."TbReciboExclusao"."cdSensoresPartilhados" is
  'Sensors that were at other devices too: their rollups of hours whose values have expired were kept.';
