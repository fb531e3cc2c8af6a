using Npgsql;

namespace SecureBase.Portal.Hosting.Database;

/// <summary>The portal's database and its roles in an embedded cluster.</summary>
internal static class EmbeddedDatabase
{
    public const string Name = "securebase";

    public static DatabaseConnections Connections(EmbeddedPostgres postgres, RoleCredentials credentials, string database = Name) => new(
        postgres.ConnectionString(RoleScript.Owner, credentials.Owner, database, DatabaseConnections.OwnerPool),
        postgres.ConnectionString(RoleScript.App, credentials.App, database, DatabaseConnections.AppPool),
        postgres.ConnectionString(RoleScript.Staff, credentials.Staff, database, DatabaseConnections.StaffPool));

    /// <summary>Makes roles and database as superuser, unless they are there and the passwords fit.</summary>
    /// <returns>Whether anything had to be made.</returns>
    public static async Task<bool> EnsureAsync(EmbeddedPostgres postgres, RoleCredentials credentials, CancellationToken cancellationToken)
    {
        if (await RoleCheck.IsCompleteAsync(Connections(postgres, credentials), cancellationToken))
            return false;

        await CreateAsync(postgres, credentials, Name, cancellationToken);
        return true;
    }

    /// <summary>Makes the roles and one database of theirs. May run again.</summary>
    public static async Task CreateAsync(EmbeddedPostgres postgres, RoleCredentials credentials, string database, CancellationToken cancellationToken)
    {
        var script = new RoleScript(RoleScript.Owner, database);
        await using (var server = new NpgsqlConnection(postgres.SuperuserConnectionString("postgres")))
        {
            await server.OpenAsync(cancellationToken);
            await ExecuteAsync(server, script.Roles(credentials), cancellationToken);
            await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", server) { Parameters = { new() { Value = database } } };
            if (await exists.ExecuteScalarAsync(cancellationToken) is null)
                await ExecuteAsync(server, $"CREATE DATABASE {RoleScript.Name(database)} OWNER {RoleScript.Owner}", cancellationToken);
        }

        await using var connection = new NpgsqlConnection(postgres.SuperuserConnectionString(database));
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, script.Ownership() + script.Grants(), cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Rendered by RoleScript from constants, quoted names and verifiers.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
