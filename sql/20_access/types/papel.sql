create type public.papel as enum ('default', 'admin', 'service');
comment on type public.papel is
  'What a person may do: default reads, admin also writes for its own clients, service does all.';
