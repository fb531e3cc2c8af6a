using Npgsql;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>
/// A server of the administrator's own. What the configuration leaves out is made where the login given may make it;
/// otherwise the administrator is told the exact SQL.
/// </summary>
internal sealed class ExternalServer(string dataDirectory, ILogger logger)
{
    public const string OwnerSetting = "ConnectionStrings:SecureBase";

    public async Task<DatabaseConnections> ResolveAsync(string? owner, string? app, string? staff, CancellationToken cancellationToken)
    {
        DatabaseConnections connections;
        if (app is not null && staff is not null)
        {
            await using var reached = await RoleCheck.WaitAsync("ConnectionStrings:SecureBaseApp", app, logger, cancellationToken);
            connections = new DatabaseConnections(owner, app, staff);
        }
        else if (owner is not null && app is null && staff is null)
        {
            connections = await DeriveAsync(owner, cancellationToken);
        }
        else
        {
            throw new DatabaseSetupException(
                "ConnectionStrings:SecureBaseApp and ConnectionStrings:SecureBaseStaff belong together: set both, or set only "
                + $"{OwnerSetting} and let SecureBase make the two roles.");
        }

        await RoleCheck.RequireAsync(connections, cancellationToken);
        return connections;
    }

    private async Task<DatabaseConnections> DeriveAsync(string owner, CancellationToken cancellationToken)
    {
        await using var connection = await RoleCheck.WaitAsync(OwnerSetting, owner, logger, cancellationToken);

        // Nodes that start together take turns; the lock ends with the transaction.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var turn = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtext('securebase roles'))", connection))
            await turn.ExecuteNonQueryAsync(cancellationToken);

        var login = await LoginAsync(connection, cancellationToken);
        var script = new RoleScript(login.IsSuperuser ? RoleScript.Owner : login.Name, login.Database);
        var known = RoleCredentials.Read(dataDirectory);
        if (known is null && login.AnyRoleExists)
            throw new DatabaseSetupException(UnknownPasswords(login));

        if (!login.AllRolesExist || login.Note != RoleScript.VersionNote)
        {
            if (!login.IsSuperuser && !(login.MayCreateRoles && login.OwnsDatabase))
                throw new DatabaseSetupException(AskAdministrator(login, script));

            known ??= RoleCredentials.Create(dataDirectory);
            await ExecuteAsync(connection, script, known, login.IsSuperuser, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            DatabaseLog.RolesCreated(logger, login.Database);
        }

        return new DatabaseConnections(
            login.IsSuperuser ? With(owner, RoleScript.Owner, known!.Owner, DatabaseConnections.OwnerPool) : owner,
            With(owner, RoleScript.App, known!.App, DatabaseConnections.AppPool),
            With(owner, RoleScript.Staff, known.Staff, DatabaseConnections.StaffPool));
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, RoleScript script, RoleCredentials credentials, bool asSuperuser, CancellationToken cancellationToken)
    {
        var sql = script.Roles(credentials) + (asSuperuser ? script.Ownership() : "") + script.Grants();
#pragma warning disable CA2100 // Rendered by RoleScript from constants, quoted names and verifiers.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new DatabaseSetupException(
                $"{OwnerSetting}: the server refused a part of the set-up ({refused.MessageText}). Let an administrator run this in the database, "
                + $"then set the three connection strings:\n\n{script.ForAdministrator()}", refused);
        }
    }

    private static async Task<Login> LoginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT current_user::text, current_database()::text, me.rolsuper, me.rolcreaterole,
                   pg_has_role(base.datdba, 'USAGE'), shobj_description(base.oid, 'pg_database'),
                   (SELECT count(*) FROM pg_roles WHERE rolname IN ('{RoleScript.App}', '{RoleScript.Staff}')),
                   (SELECT count(*) FROM pg_roles WHERE rolname = '{RoleScript.Router}'),
                   (SELECT count(*) FROM pg_roles WHERE rolname = '{RoleScript.Owner}')
            FROM pg_roles me, pg_database base WHERE me.rolname = current_user AND base.datname = current_database()
            """, connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var superuser = row.GetBoolean(2);
        var members = row.GetInt64(6) + (superuser ? row.GetInt64(8) : 0);
        var expected = superuser ? 3 : 2;
        return new Login(
            Name: row.GetString(0),
            Database: row.GetString(1),
            IsSuperuser: superuser,
            MayCreateRoles: row.GetBoolean(3),
            OwnsDatabase: row.GetBoolean(4),
            Note: row.IsDBNull(5) ? null : row.GetString(5),
            AnyRoleExists: members > 0,
            AllRolesExist: members == expected && row.GetInt64(7) == 1);
    }

    private static string With(string owner, string role, string password, int pool) =>
        new NpgsqlConnectionStringBuilder(owner) { Username = role, Password = password, MaxPoolSize = pool }.ConnectionString;

    private static string AskAdministrator(Login login, RoleScript script) =>
        $"{OwnerSetting} signs in as '{login.Name}', which may not make the roles that keep tenants apart (it needs CREATEROLE and to own the database). "
        + $"Let an administrator run the following in the database \"{login.Database}\", with passwords filled in, then set "
        + "ConnectionStrings:SecureBaseApp (securebase_app) and ConnectionStrings:SecureBaseStaff (securebase_staff) beside it:\n\n"
        + script.ForAdministrator();

    private string UnknownPasswords(Login login) =>
        $"The server of {OwnerSetting} has roles named {RoleScript.App} or {RoleScript.Staff} already, and their passwords are not in "
        + $"{RoleCredentials.PathIn(dataDirectory)}. Set ConnectionStrings:SecureBaseApp and ConnectionStrings:SecureBaseStaff"
        + (login.IsSuperuser ? $", and {OwnerSetting} to {RoleScript.Owner}" : "")
        + ", or copy that file from the node that made the roles. Passwords that other nodes use are never changed.";

    private sealed record Login(
        string Name, string Database, bool IsSuperuser, bool MayCreateRoles, bool OwnsDatabase, string? Note, bool AnyRoleExists, bool AllRolesExist);
}
