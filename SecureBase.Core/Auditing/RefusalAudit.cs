using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Auditing;

/// <summary>Records in this scope's tenant an attempt that ended at the door, before any use case ran.</summary>
public sealed class RefusalAudit(IDbContextFactory<SecureBaseDb> contexts, Caller caller, SealNudge seal, TimeProvider clock)
{
    /// <summary>An attempt of this scope's caller.</summary>
    /// <param name="details">Serialised as JSON; no secrets.</param>
    public Task RecordAsync(string action, object details, CancellationToken ct)
    {
        var actor = caller.Actor;
        return SaveAsync(new AuditEntry
        {
            At = clock.GetUtcNow(),
            ActorTenantId = actor.TenantId,
            ActorId = actor.PersonId,
            ActorName = actor.Name,
            ActorKind = actor.Kind,
            Action = action,
            Outcome = AuditOutcome.Refused,
            RemoteAddress = actor.RemoteAddress,
            TraceId = Activity.Current?.TraceId.ToString(),
            Details = JsonSerializer.Serialize(details, WireJson.Options),
        }, ct);
    }

    /// <summary>An attempt with the credentials of another tenant, whose person is no business of this one, or from where nobody may come.</summary>
    /// <param name="details">Serialised as JSON; no secrets.</param>
    public Task RecordStrangerAsync(string action, Guid? fromTenantId, string? remoteAddress, CancellationToken ct, object? details = null) =>
        SaveAsync(new AuditEntry
        {
            At = clock.GetUtcNow(),
            ActorTenantId = fromTenantId,
            ActorName = "unknown",
            ActorKind = ActorKind.Customer,
            Action = action,
            Outcome = AuditOutcome.Refused,
            RemoteAddress = remoteAddress,
            TraceId = Activity.Current?.TraceId.ToString(),
            Details = details is null ? null : JsonSerializer.Serialize(details, WireJson.Options),
        }, ct);

    private async Task SaveAsync(AuditEntry entry, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        db.AuditEntries.Add(entry);
        await db.SaveChangesAsync(ct);
        seal.Committed(entry.TenantId);
    }
}
