-- Values of legacy rows that a migration could not keep as they were.
create table private."TbConversaoAviso" (
  "cdAviso" bigint generated always as identity primary key,
  "dsTabela" text not null,
  "cdLinha" text not null,
  "dsAntes" jsonb not null,
  "dsMotivo" text not null,
  "dtRegistro" timestamptz not null default now()
);
alter table private."TbConversaoAviso" enable row level security;
comment on table private."TbConversaoAviso" is
  'Values of a legacy installation that could not be kept, for a person to review.';
comment on column private."TbConversaoAviso"."cdLinha" is 'Key of the row.';
comment on column private."TbConversaoAviso"."dsAntes" is 'The columns concerned, as they were.';
comment on column private."TbConversaoAviso"."dsMotivo" is 'What was wrong with them, and what was done.';
