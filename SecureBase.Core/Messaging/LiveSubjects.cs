using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging;

/// <summary>A feature's kind of resource that API clients may follow live.</summary>
public interface ILiveSubject
{
    /// <summary>As its signals name it, e.g. <c>ticket</c>.</summary>
    string Kind { get; }

    /// <summary>What reading such a resource needs, and so following it.</summary>
    Permission Read { get; }

    /// <summary>What following it in any tenant needs: the provider's staff have it, a key of theirs only with the scope.</summary>
    Permission ReadInAnyTenant { get; }

    /// <summary>The tenant of the resource, or null when this context does not see it.</summary>
    Task<Guid?> FindTenantAsync(SecureBaseDb db, Guid id, CancellationToken ct);
}

/// <summary>Decides what the caller of this scope may follow: what it could read, under its own row-level security.</summary>
public sealed class LiveSubjects(
    IEnumerable<ILiveSubject> subjects, IDbContextFactory<SecureBaseDb> contexts, IDbContextFactory<StaffDb> staffContexts, Caller caller)
{
    /// <summary>The topic to follow. Not found for an unknown kind as for a resource of another tenant; staff may follow any tenant's.</summary>
    public async Task<Result<LiveTopic>> FindAsync(string kind, Guid id, CancellationToken ct)
    {
        if (subjects.FirstOrDefault(s => s.Kind == kind) is not { } subject)
            return Error.NotFound("resource");
        if (!caller.Can(subject.Read))
            return Error.Forbidden(subject.Read);
        await using var db = caller.Actor.Kind == ActorKind.Agent && caller.Can(subject.ReadInAnyTenant) ? await staffContexts.CreateDbContextAsync(ct) : await contexts.CreateDbContextAsync(ct);
        return await subject.FindTenantAsync(db, id, ct) is { } tenantId ? new LiveTopic(tenantId, kind, id) : Error.NotFound(kind);
    }
}
