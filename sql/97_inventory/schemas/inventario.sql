create schema inventario;
comment on schema inventario is 'Stock-taking: warehouses, shelves and what was read on them. A separate concern from telemetry.';
grant usage on schema inventario to authenticated, service_role;
