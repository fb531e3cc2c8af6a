using SecureBase.Core.Kernel;

namespace SecureBase.Core.Tenancy;

/// <summary>Who an author is to the reader of a ticket.</summary>
public enum ActorKind { Customer, Agent, System }

/// <summary>A named actor: whoever a change is attributed to.</summary>
/// <param name="TenantId">The actor's own tenant, which for staff is the operator, not the tenant they work in.</param>
/// <param name="PersonId">The person; for an API key its service person.</param>
/// <param name="Name">As written into records at the time.</param>
/// <param name="Role">The contract's role name.</param>
public sealed record Actor(Guid TenantId, Guid PersonId, string Name, ActorKind Kind, string Role)
{
    /// <summary>Non-null for an API key: only what the scopes include is allowed.</summary>
    public IReadOnlySet<string>? Scopes { get; init; }
    public Guid? ApiKeyId { get; init; }
    /// <summary>Which of the key's secrets was sent; two work while a rotation's grace lasts.</summary>
    public int ApiKeySecret { get; init; }
    public Guid? SessionId { get; init; }
    public string? RemoteAddress { get; init; }

    /// <summary>True while the product writes demo history: its events fire no mail, toast or live signal.</summary>
    public bool Silent { get; init; }

    public bool Can(Permission permission) =>
        permission.GrantedTo.Contains(Role) && (Scopes is null || (permission.Scope is { } scope && Scopes.Contains(scope)));
}

/// <summary>The actor of this scope. Set once, like <see cref="TenantContext"/>.</summary>
public sealed class Caller
{
    private Actor? _actor;

    public bool IsKnown => _actor is not null;

    /// <exception cref="InvalidOperationException">Nobody signed in.</exception>
    public Actor Actor => _actor ?? throw new InvalidOperationException("Nobody is signed in in this scope.");

    /// <exception cref="InvalidOperationException">The scope already acts for someone else.</exception>
    public void Become(Actor actor)
    {
        if (_actor is not null && (_actor.PersonId != actor.PersonId || _actor.TenantId != actor.TenantId))
            throw new InvalidOperationException("This scope already acts for someone else.");
        _actor = actor;
    }

    public bool Can(Permission permission) => _actor?.Can(permission) ?? false;
}
