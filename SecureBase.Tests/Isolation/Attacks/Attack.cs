using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace SecureBase.Tests.Isolation.Attacks;

/// <summary>What can stop an attack.</summary>
[Flags]
internal enum Locks
{
    None = 0,
    /// <summary>The query filter of the context.</summary>
    Filter = 1,
    /// <summary>Row-level security.</summary>
    RowSecurity = 2,
    /// <summary>The tenant in every foreign key.</summary>
    Keys = 4,
    /// <summary>The context's refusal to save another tenant's row.</summary>
    Stamp = 8,
}

internal enum Outcome
{
    /// <summary>Nothing of the victim was there to be read or changed.</summary>
    Held,
    /// <summary>The database or the context refused it aloud.</summary>
    Refused,
    /// <summary>The role has no such right on the table, whoever's rows they are.</summary>
    Denied,
    /// <summary>Something of the victim was shown, changed, or put under its name.</summary>
    Leaked,
    /// <summary>The entity offers no occasion for it, e.g. no navigation.</summary>
    NoOccasion,
}

/// <param name="Name">Surface and verb, e.g. <c>sql update</c>.</param>
/// <param name="StoppedBy">Each of these locks stops it alone.</param>
internal sealed record Attack(string Name, Locks StoppedBy, Func<Assault, Task<Outcome>> Run)
{
    /// <summary>Runs it and reads an exception as what it means; one that means nothing of the kind is a fault of the attack.</summary>
    internal async Task<Outcome> RunAsync(Assault on)
    {
        try
        {
            return await Run(on);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Outcome.Held;
        }
        catch (InvalidOperationException refused) when (refused.Message.Contains("tenant", StringComparison.Ordinal))
        {
            return Outcome.Refused;
        }
        catch (InvalidCastException fault)
        {
            throw new InvalidOperationException($"The attack '{Name}' on {on.Table} is at fault: {fault.Message}", fault);
        }
        catch (Exception failure) when ((failure as PostgresException ?? failure.InnerException as PostgresException) is { } answer)
        {
            return answer.SqlState switch
            {
                PostgresErrorCodes.InsufficientPrivilege when answer.MessageText.StartsWith("permission denied", StringComparison.Ordinal) => Outcome.Denied,
                PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ForeignKeyViolation => Outcome.Refused,
                PostgresErrorCodes.FeatureNotSupported when answer.MessageText.Contains("row-level security", StringComparison.Ordinal) => Outcome.Refused,
                _ => throw new InvalidOperationException($"The attack '{Name}' on {on.Table} is at fault: {answer.SqlState} {answer.MessageText}", failure),
            };
        }
    }
}
