-- Helpers and settings. Not exposed by the REST API; API roles may only run the functions granted to them one
-- by one.
create schema private;
comment on schema private is 'Helper functions and settings of the backend. Not part of the API.';
grant usage on schema private to authenticated, service_role;
