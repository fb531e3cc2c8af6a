using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Persistence;

/// <summary>
/// The one way to change state: the change, its audit entry, its outbox events and the answer to its Idempotency-Key
/// commit in one transaction of the tenant's own role, or not at all. A refused attempt is audited on its own.
/// </summary>
public sealed class UnitOfWork(
    IDbContextFactory<SecureBaseDb> contexts, TenantContext tenant, Caller caller, IdempotencyScope idempotency, OutboxNudge nudge, SealNudge seal, TimeProvider clock)
{
    /// <summary>Runs <paramref name="work"/> in a transaction and commits it if it succeeds.</summary>
    /// <returns>The work's result; <see cref="ErrorKind.Forbidden"/> without running it when the caller lacks the permission;
    /// <see cref="ErrorKind.Stale"/> when another writer was faster.</returns>
    public async Task<Result<T>> ChangeAsync<T>(Permission permission, string attempted, Func<Change, CancellationToken, Task<Result<T>>> work, CancellationToken ct)
    {
        if (!caller.Can(permission))
            return await RefuseAsync(permission, attempted, refusal: null, ct);

        await using var db = await contexts.CreateDbContextAsync(ct);
        // A failed save ends the whole change, so a savepoint before it would only cost a round trip.
        db.Database.AutoSavepointsEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var change = new Change(db, caller.Actor, clock.GetUtcNow());
        try
        {
            var result = await work(change, ct);
            if (!result.IsSuccess)
                return result;
            Remember(db, result.Value, change.At);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            idempotency.Stored = idempotency.Key is not null;
            if (change.HasEvents)
                nudge.Committed(tenant.Tenant.Id);
            seal.Committed(tenant.Tenant.Id);
            return result;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Error.Stale("record");
        }
        catch (DbUpdateException failure) when (failure.IsTakenIn("idempotent_requests"))
        {
            return new Error(ErrorKind.Conflict, "idempotency_key_in_use", "A request with this Idempotency-Key has just been carried out. Send it again to read its answer.");
        }
    }

    /// <summary>Audits an attempt that the caller lacks a permission for.</summary>
    /// <param name="refusal">The use case's own words for it, if it has any.</param>
    /// <returns>The answer to the caller.</returns>
    public async Task<Error> RefuseAsync(Permission permission, string attempted, Error? refusal, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        new Change(db, caller.Actor, clock.GetUtcNow()).Audit(attempted, details: new { permission = permission.Name }, outcome: AuditOutcome.Refused);
        await db.SaveChangesAsync(ct);
        seal.Committed(tenant.Tenant.Id);
        return refusal ?? Error.Forbidden(permission);
    }

    private void Remember<T>(SecureBaseDb db, T value, DateTimeOffset at)
    {
        if (idempotency.Key is not { } key || idempotency.Stored)
            return;
        db.IdempotentRequests.Add(new IdempotentRequest
        {
            CallerId = caller.Actor.PersonId,
            Key = key,
            RequestHash = idempotency.RequestHash,
            Result = JsonSerializer.Serialize(value, WireJson.Options),
            CreatedAt = at,
        });
    }
}

/// <summary>What a use case works with inside <see cref="UnitOfWork.ChangeAsync{T}"/>.</summary>
public sealed class Change(SecureBaseDb db, Actor actor, DateTimeOffset at)
{
    private int _events;

    public SecureBaseDb Db => db;
    public Actor Actor => actor;
    /// <summary>The instant of the whole change, to the microsecond PostgreSQL keeps.</summary>
    public DateTimeOffset At { get; } = new(at.Ticks - (at.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    internal bool HasEvents => _events > 0;

    /// <summary>Adds an audit entry to this transaction.</summary>
    /// <param name="details">Serialised as JSON; no secrets, no message texts.</param>
    public void Audit(string action, string? subjectKind = null, Guid? subjectId = null, object? details = null, bool operatorOnly = false, AuditOutcome outcome = AuditOutcome.Done) =>
        db.AuditEntries.Add(new AuditEntry
        {
            At = At,
            ActorTenantId = actor.TenantId,
            ActorId = actor.PersonId,
            ActorName = actor.Name,
            ActorKind = actor.Kind,
            Action = action,
            SubjectKind = subjectKind,
            SubjectId = subjectId,
            Outcome = outcome,
            RemoteAddress = actor.RemoteAddress,
            TraceId = Activity.Current?.TraceId.ToString(),
            Details = details is null ? null : JsonSerializer.Serialize(details, WireJson.Options),
            OperatorOnly = operatorOnly,
        });

    /// <summary>Adds an event to this transaction; fan-out delivers it after the commit.</summary>
    /// <param name="data">The resource as its GET returns it; null for events that only refresh pages.</param>
    public void Emit(string type, string subjectKind, Guid subjectId, int subjectVersion, object? data)
    {
        db.OutboxEvents.Add(new OutboxEvent
        {
            // Rows of one save are inserted in the order of their ids, and positions follow the order of insertion.
            Id = Guid.CreateVersion7(At.AddMilliseconds(_events++)),
            Type = type,
            SubjectKind = subjectKind,
            SubjectId = subjectId,
            SubjectVersion = subjectVersion,
            OccurredAt = At,
            Data = data is null ? null : JsonSerializer.Serialize(data, WireJson.Options),
            ActorId = actor.PersonId,
            Silent = actor.Silent,
        });
    }
}
