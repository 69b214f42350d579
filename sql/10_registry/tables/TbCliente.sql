create table public."TbCliente" (
  "cdCliente" serial primary key,
  "dsNome" text constraint "TbCliente_dsNome_max_255" check (char_length("dsNome") <= 255),
  "nrCnpj" text constraint "TbCliente_nrCnpj_max_255" check (char_length("nrCnpj") <= 255),
  "nrIe" text constraint "TbCliente_nrIe_max_255" check (char_length("nrIe") <= 255),
  "nrInscMun" text constraint "TbCliente_nrInscMun_max_255" check (char_length("nrInscMun") <= 255),
  "dsLogradouro" text constraint "TbCliente_dsLogradouro_max_255" check (char_length("dsLogradouro") <= 255),
  "nrNumero" text constraint "TbCliente_nrNumero_max_255" check (char_length("nrNumero") <= 255),
  "dsComplemento" text
    constraint "TbCliente_dsComplemento_max_255" check (char_length("dsComplemento") <= 255),
  "dsBairro" text constraint "TbCliente_dsBairro_max_255" check (char_length("dsBairro") <= 255),
  "dsCep" text constraint "TbCliente_dsCep_max_255" check (char_length("dsCep") <= 255),
  "dsCidade" text constraint "TbCliente_dsCidade_max_255" check (char_length("dsCidade") <= 255),
  "dsUF" text constraint "TbCliente_dsUF_max_255" check (char_length("dsUF") <= 255),
  "dsObs" text constraint "TbCliente_dsObs_max_4000" check (char_length("dsObs") <= 4000),
  "cdStatus" public.status,
  "dtRegistro" timestamp default (now() at time zone 'UTC'),
  "cdClientePai" integer
);
create index "TbCliente_cdClientePai_idx" on public."TbCliente" ("cdClientePai");
alter table public."TbCliente" enable row level security;
revoke all on public."TbCliente" from public, anon, authenticated;
grant select, delete on public."TbCliente" to authenticated, service_role;
grant insert ("dsNome", "nrCnpj", "nrIe", "nrInscMun", "dsLogradouro", "nrNumero", "dsComplemento",
  "dsBairro", "dsCep", "dsCidade", "dsUF", "dsObs", "cdStatus", "cdClientePai")
  on public."TbCliente" to authenticated, service_role;
grant update ("dsNome", "nrCnpj", "nrIe", "nrInscMun", "dsLogradouro", "nrNumero", "dsComplemento",
  "dsBairro", "dsCep", "dsCidade", "dsUF", "dsObs", "cdStatus", "cdClientePai")
  on public."TbCliente" to authenticated, service_role;
grant usage on sequence public."TbCliente_cdCliente_seq" to authenticated, service_role;
comment on table public."TbCliente" is 'Clients. People of a client see it and its direct children.';
comment on constraint "TbCliente_dsNome_max_255" on public."TbCliente" is 'dsNome has at most 255 characters';
comment on constraint "TbCliente_nrCnpj_max_255" on public."TbCliente" is 'nrCnpj has at most 255 characters';
comment on constraint "TbCliente_nrIe_max_255" on public."TbCliente" is 'nrIe has at most 255 characters';
comment on constraint "TbCliente_nrInscMun_max_255" on public."TbCliente" is
  'nrInscMun has at most 255 characters';
comment on constraint "TbCliente_dsLogradouro_max_255" on public."TbCliente" is
  'dsLogradouro has at most 255 characters';
comment on constraint "TbCliente_nrNumero_max_255" on public."TbCliente" is
  'nrNumero has at most 255 characters';
comment on constraint "TbCliente_dsComplemento_max_255" on public."TbCliente" is
  'dsComplemento has at most 255 characters';
comment on constraint "TbCliente_dsBairro_max_255" on public."TbCliente" is
  'dsBairro has at most 255 characters';
comment on constraint "TbCliente_dsCep_max_255" on public."TbCliente" is 'dsCep has at most 255 characters';
comment on constraint "TbCliente_dsCidade_max_255" on public."TbCliente" is
  'dsCidade has at most 255 characters';
comment on constraint "TbCliente_dsUF_max_255" on public."TbCliente" is 'dsUF has at most 255 characters';
comment on constraint "TbCliente_dsObs_max_4000" on public."TbCliente" is 'dsObs has at most 4000 characters';
comment on column public."TbCliente"."cdClientePai" is 'Parent client, whose people see this one too.';
