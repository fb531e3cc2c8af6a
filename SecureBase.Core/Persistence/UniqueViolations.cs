using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace SecureBase.Core.Persistence;

internal static class UniqueViolations
{
    /// <summary>Whether a row was refused because one like it is in the table already: somebody else was sooner.</summary>
    internal static bool IsTakenIn(this DbUpdateException failure, string table) =>
        failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } refused && refused.TableName == table;
}
