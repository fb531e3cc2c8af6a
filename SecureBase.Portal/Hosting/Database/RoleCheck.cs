using System.Diagnostics;
using Npgsql;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>Signs in with each role's connection string, and refuses roles to which row-level security does not apply.</summary>
internal static class RoleCheck
{
    private static readonly TimeSpan ServerPatience = TimeSpan.FromSeconds(30);

    /// <summary>Whether all three sign in and the database carries the present grants.</summary>
    public static async Task<bool> IsCompleteAsync(DatabaseConnections connections, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var role in (string[])[connections.App, connections.Staff])
            {
                await using var member = await OpenAsync(role, cancellationToken);
            }

            await using var owner = await OpenAsync(connections.Owner!, cancellationToken);
            await using var note = new NpgsqlCommand(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()", owner);
            return await note.ExecuteScalarAsync(cancellationToken) as string == RoleScript.VersionNote;
        }
        catch (PostgresException refused) when (refused.SqlState
            is PostgresErrorCodes.InvalidPassword
            or PostgresErrorCodes.InvalidAuthorizationSpecification
            or PostgresErrorCodes.InvalidCatalogName
            or PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    /// <exception cref="DatabaseSetupException">A role cannot sign in, or may bypass row-level security. Names the setting.</exception>
    public static async Task RequireAsync(DatabaseConnections connections, CancellationToken cancellationToken)
    {
        (string Setting, string? ConnectionString)[] roles =
        [
            ("ConnectionStrings:SecureBase", connections.Owner),
            ("ConnectionStrings:SecureBaseApp", connections.App),
            ("ConnectionStrings:SecureBaseStaff", connections.Staff),
        ];
        foreach (var (setting, connectionString) in roles)
        {
            if (connectionString is not null)
                await RequireAsync(setting, connectionString, cancellationToken);
        }
    }

    /// <summary>Opens an unpooled connection, waiting half a minute for a server that is not there yet.</summary>
    public static async Task<NpgsqlConnection> WaitAsync(string setting, string connectionString, ILogger logger, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await OpenAsync(connectionString, cancellationToken);
            }
            catch (ArgumentException malformed)
            {
                throw new DatabaseSetupException($"{setting} is not a connection string: {malformed.Message}", malformed);
            }
            catch (NpgsqlException notYet) when (notYet.IsTransient && Stopwatch.GetElapsedTime(began) < ServerPatience)
            {
                DatabaseLog.WaitingForServer(logger, setting, notYet.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            }
            catch (NpgsqlException failed)
            {
                throw new DatabaseSetupException($"{setting}: the server cannot be used: {failed.Message}", failed);
            }
        }
    }

    private static async Task RequireAsync(string setting, string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(connectionString, cancellationToken);
            await using var command = new NpgsqlCommand(
                "SELECT rolname::text FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)", connection);
            if (await command.ExecuteScalarAsync(cancellationToken) is string role)
            {
                throw new DatabaseSetupException(
                    $"{setting} signs in as '{role}', to which row-level security does not apply (SUPERUSER or BYPASSRLS). "
                    + "Tenants would no longer be kept apart, so SecureBase does not start.");
            }
        }
        catch (NpgsqlException failed)
        {
            throw new DatabaseSetupException($"{setting}: the server refuses the connection: {failed.Message}", failed);
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
