-- An expiring row rather than an advisory lock: those vanish at COMMIT, or stay with a pooled session.
create table private."TbManutencaoConcessao" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dsQuem" text,
  "dtExpira" timestamptz not null default '-infinity'
);
alter table private."TbManutencaoConcessao" enable row level security;
comment on table private."TbManutencaoConcessao" is 'Lease of the upkeep, one row: never two at work.';
comment on column private."TbManutencaoConcessao"."dsQuem" is 'Who is at work: server process and a number of its own.';
comment on column private."TbManutencaoConcessao"."dtExpira" is 'Until when; renewed before every step. After it another may go on.';
