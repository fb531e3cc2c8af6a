using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Accounts;

/// <summary>Changes asked for by someone who has not signed in: what they may do is decided by the token they bring, and by nothing else.</summary>
public sealed class AnonymousChange(IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, OutboxNudge nudge, TimeProvider clock)
{
    /// <summary>Runs <paramref name="work"/> in a transaction and commits it if it succeeds. Its actor is nobody; see <see cref="As"/>.</summary>
    internal async Task<Result<T>> RunAsync<T>(string? remoteAddress, Func<Change, CancellationToken, Task<Result<T>>> work, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var nobody = new Actor(tenant.Tenant.Id, Guid.Empty, "unknown", Kind, Role: "") { RemoteAddress = remoteAddress };
        var result = await work(new Change(db, nobody, clock.GetUtcNow()), ct);
        if (!result.IsSuccess)
            return result;
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        nudge.Committed(tenant.Tenant.Id);
        return result;
    }

    /// <summary>The same transaction for the person whom a token has shown to be at the other end.</summary>
    internal Change As(Change change, Guid personId, string name, string role) =>
        new(change.Db, new Actor(tenant.Tenant.Id, personId, name, Kind, role) { RemoteAddress = change.Actor.RemoteAddress }, change.At);

    private ActorKind Kind => tenant.Tenant.IsOperator ? ActorKind.Agent : ActorKind.Customer;
}
