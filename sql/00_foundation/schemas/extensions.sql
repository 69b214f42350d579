-- PostGIS for geofences and spatial queries. A hosted project has the schema already.
create schema if not exists extensions;
create extension if not exists postgis with schema extensions;
