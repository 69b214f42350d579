-- A row that expires, rather than an advisory lock: those end at COMMIT, or stay with a pooled session.
create table private."TbManutencaoConcessao" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dsQuem" text,
  "dtExpira" timestamptz not null default '-infinity'
);
alter table private."TbManutencaoConcessao" enable row level security;
comment on table private."TbManutencaoConcessao" is
  'Maintenance lease, one row: only its holder runs maintenance.';
comment on column private."TbManutencaoConcessao"."dsQuem" is
  'Holder of the lease: server process and a random identifier.';
comment on column private."TbManutencaoConcessao"."dtExpira" is
  'Until when; renewed before every step. Afterwards another process may take it.';
