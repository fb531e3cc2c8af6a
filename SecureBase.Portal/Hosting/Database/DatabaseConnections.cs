namespace SecureBase.Portal.Hosting.Database;

/// <summary>
/// The connection strings of the three database roles. <paramref name="Owner"/> is null on a node that was given only
/// the application's roles: such a node cannot migrate.
/// </summary>
public sealed record DatabaseConnections(string? Owner, string App, string Staff)
{
    /// <summary>Connections the application's pool may hold at once, with the jobs' store among them.</summary>
    public const int AppPool = 60;

    /// <summary>Connections the staff pool may hold at once.</summary>
    public const int StaffPool = 20;

    /// <summary>Connections a migrating process may hold at once.</summary>
    public const int OwnerPool = 4;
}
