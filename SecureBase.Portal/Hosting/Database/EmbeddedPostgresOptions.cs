namespace SecureBase.Portal.Hosting.Database;

/// <summary>Where an embedded cluster lives and how it is run.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>The folder that holds the cluster and what belongs to it. Made when missing, never removed.</summary>
    public required string Directory { get; init; }

    /// <summary>The folder of PostgreSQL's programs; null to search for them.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>False only for tests: commits are then not forced to disk, and a crash of the machine loses the cluster.</summary>
    public bool Durable { get; init; } = true;
}
