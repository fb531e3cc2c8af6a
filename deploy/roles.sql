-- The roles and grants SecureBase needs before its first migration, for an administrator to run in an empty database
-- named securebase (PostgreSQL 15 or newer), as superuser. It may run again.
--   psql --dbname securebase --set owner_password=... --set app_password=... --set staff_password=... --file roles.sql

DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'securebase_owner') THEN
    CREATE ROLE securebase_owner LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
  END IF;
END $$;
ALTER ROLE securebase_owner PASSWORD :'owner_password';
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'securebase_app') THEN
    CREATE ROLE securebase_app LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'securebase_staff') THEN
    CREATE ROLE securebase_staff LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'securebase_router') THEN
    CREATE ROLE securebase_router NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
  END IF;
END $$;
ALTER ROLE securebase_app PASSWORD :'app_password';
ALTER ROLE securebase_staff PASSWORD :'staff_password';
DO $$ BEGIN
  IF current_setting('server_version_num')::int >= 160000 THEN
    EXECUTE $grant$GRANT securebase_router TO "securebase_owner" WITH INHERIT FALSE, SET TRUE$grant$;
  ELSE
    GRANT securebase_router TO "securebase_owner";
  END IF;
END $$;
ALTER DATABASE "securebase" OWNER TO "securebase_owner";
ALTER SCHEMA public OWNER TO "securebase_owner";
REVOKE ALL ON DATABASE "securebase" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE "securebase" TO securebase_app;
GRANT CONNECT ON DATABASE "securebase" TO securebase_staff;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO securebase_app, securebase_staff, securebase_router;
CREATE SCHEMA IF NOT EXISTS quartz AUTHORIZATION "securebase_owner";
GRANT USAGE ON SCHEMA quartz TO securebase_app;
ALTER DEFAULT PRIVILEGES FOR ROLE "securebase_owner" IN SCHEMA quartz GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO securebase_app;
ALTER DEFAULT PRIVILEGES FOR ROLE "securebase_owner" IN SCHEMA quartz GRANT USAGE, SELECT ON SEQUENCES TO securebase_app;
ALTER DEFAULT PRIVILEGES FOR ROLE "securebase_owner" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
COMMENT ON DATABASE "securebase" IS 'SecureBase grants 1';
