create table private."TbBilhete" (
  "dsHash" text primary key,
  "dsChamador" text not null,
  "dtExpiracao" timestamptz not null
);
create index "TbBilhete_dsChamador_idx" on private."TbBilhete" ("dsChamador");
alter table private."TbBilhete" enable row level security;
comment on table private."TbBilhete" is
  'Tickets that open a stream: each once, within half a minute. Not accessible to the API.';
comment on column private."TbBilhete"."dsHash" is 'SHA-256 (hex) of the ticket.';
comment on column private."TbBilhete"."dsChamador" is 'For whom: user:<uuid> or key:<sha256>.';
