-- What private.current_caller signs with when it remembers who calls. Made at random for each installation.
create table private."TbSegredo" (
  "blUnico" boolean primary key default true check ("blUnico"),
  "cdSegredo" uuid not null default gen_random_uuid()
);
alter table private."TbSegredo" enable row level security;
comment on table private."TbSegredo" is
  'Secret of this installation, one row: shows that the database itself remembered who calls.';
comment on column private."TbSegredo"."cdSegredo" is 'Random; never leaves the database.';
