using System.Globalization;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>
/// The SQL that makes the database roles and gives them what they need before the first migration. Every statement may run
/// again. None of the roles may bypass row-level security; what a role may do with a table is granted by that table's migration.
/// </summary>
internal sealed class RoleScript(string owner, string database)
{
    public const string Owner = "securebase_owner";
    public const string App = "securebase_app";
    public const string Staff = "securebase_staff";
    public const string Router = "securebase_router";

    /// <summary>The version of the grants, noted on the database. Raise it with every change, and they are renewed at the next start.</summary>
    public const int Version = 1;

    public static string VersionNote => string.Create(CultureInfo.InvariantCulture, $"SecureBase grants {Version}");

    /// <summary>Makes the roles that are missing and sets the passwords given. Needs CREATEROLE.</summary>
    /// <remarks>
    /// The router owns the functions that look across tenants before one is known; nobody signs in as it. The owner may hand
    /// functions over to it but does not inherit its rights.
    /// </remarks>
    public string Roles(RoleCredentials credentials) => Roles(
        owner == Owner ? ScramVerifier.For(credentials.Owner) : null,
        ScramVerifier.For(credentials.App),
        ScramVerifier.For(credentials.Staff));

    /// <summary>Makes the owner the owner of the database and its schema. Needs a superuser, and to be connected to the database.</summary>
    public string Ownership() => $"""
        ALTER DATABASE {Name(database)} OWNER TO {Name(owner)};
        ALTER SCHEMA public OWNER TO {Name(owner)};

        """;

    /// <summary>Closes database and schema to everyone else. Needs the database's owner, and to be connected to the database.</summary>
    public string Grants() => $"""
        REVOKE ALL ON DATABASE {Name(database)} FROM PUBLIC;
        GRANT CONNECT, TEMPORARY ON DATABASE {Name(database)} TO {App};
        GRANT CONNECT ON DATABASE {Name(database)} TO {Staff};
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        GRANT USAGE ON SCHEMA public TO {App}, {Staff}, {Router};
        CREATE SCHEMA IF NOT EXISTS quartz AUTHORIZATION {Name(owner)};
        GRANT USAGE ON SCHEMA quartz TO {App};
        ALTER DEFAULT PRIVILEGES FOR ROLE {Name(owner)} IN SCHEMA quartz GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {App};
        ALTER DEFAULT PRIVILEGES FOR ROLE {Name(owner)} IN SCHEMA quartz GRANT USAGE, SELECT ON SEQUENCES TO {App};
        ALTER DEFAULT PRIVILEGES FOR ROLE {Name(owner)} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
        COMMENT ON DATABASE {Name(database)} IS '{VersionNote}';

        """;

    /// <summary>The whole script for an administrator to run in the database, with places to fill in passwords.</summary>
    public string ForAdministrator() =>
        Roles(owner == Owner ? "<password of the owner>" : null, "<password of the application>", "<password of the staff role>")
        + Ownership()
        + Grants();

    public static string Name(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private string Roles(string? ownerPassword, string appPassword, string staffPassword)
    {
        var makeOwner = ownerPassword is null ? "" : $"{Make(Owner, "LOGIN")}\nALTER ROLE {Owner} PASSWORD '{ownerPassword}';\n";
        return $"""
            {makeOwner}{Make(App, "LOGIN")}
            {Make(Staff, "LOGIN")}
            {Make(Router, "NOLOGIN")}
            ALTER ROLE {App} PASSWORD '{appPassword}';
            ALTER ROLE {Staff} PASSWORD '{staffPassword}';
            DO $$ BEGIN
              IF current_setting('server_version_num')::int >= 160000 THEN
                EXECUTE $grant$GRANT {Router} TO {Name(owner)} WITH INHERIT FALSE, SET TRUE$grant$;
              ELSE
                GRANT {Router} TO {Name(owner)};
              END IF;
            END $$;

            """;
    }

    private static string Make(string role, string login) => $"""
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{role}') THEN
            CREATE ROLE {role} {login} NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
          END IF;
        END $$;
        """;
}
