create schema inventario;
comment on schema inventario is
  'Stock-taking: warehouses, shelves and what was counted on them. Independent of telemetry.';
grant usage on schema inventario to authenticated, service_role;
