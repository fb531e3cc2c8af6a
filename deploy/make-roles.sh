#!/bin/sh
# Run by the postgres image when it makes its database: the roles of roles.sql, with the passwords of the secrets.
set -eu

password() {
    cut -d : -f 5 "/run/secrets/$1.pgpass"
}

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set owner_password="$(password owner)" --set app_password="$(password app)" --set staff_password="$(password staff)" \
    --file /etc/securebase/roles.sql
