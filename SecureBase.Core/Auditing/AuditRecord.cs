using Npgsql;

namespace SecureBase.Core.Auditing;

/// <summary>An entry as it stands in the database, every column of it: what the chain's hashes are made of.</summary>
internal readonly record struct AuditRecord(
    Guid TenantId, Guid Id, DateTimeOffset At, Guid? ActorTenantId, Guid? ActorId, string ActorName, string ActorKind, string Action,
    string? SubjectKind, Guid? SubjectId, string Outcome, string? RemoteAddress, string? TraceId, string? Details, bool OperatorOnly)
{
    /// <summary>The columns in the order <see cref="Read"/> takes them, of a table called e.</summary>
    internal const string Columns =
        "e.tenant_id, e.id, e.at, e.actor_tenant_id, e.actor_id, e.actor_name, e.actor_kind, e.action, e.subject_kind, e.subject_id, e.outcome, e.remote_address, e.trace_id, e.details::text, e.operator_only";

    /// <param name="first">The ordinal of the first column.</param>
    internal static AuditRecord Read(NpgsqlDataReader row, int first) => new(
        row.GetGuid(first), row.GetGuid(first + 1), row.GetFieldValue<DateTimeOffset>(first + 2), IdAt(row, first + 3), IdAt(row, first + 4),
        row.GetString(first + 5), row.GetString(first + 6), row.GetString(first + 7), TextAt(row, first + 8), IdAt(row, first + 9),
        row.GetString(first + 10), TextAt(row, first + 11), TextAt(row, first + 12), TextAt(row, first + 13), row.GetBoolean(first + 14));

    private static Guid? IdAt(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    private static string? TextAt(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
