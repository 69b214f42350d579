create type public.role as enum ('default', 'admin', 'service');
comment on type public.role is
  'What a person may do: default reads, admin also writes for its own clients, service does all.';
