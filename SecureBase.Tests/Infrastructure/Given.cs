using SecureBase.Core.Access;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Tests.Infrastructure;

/// <summary>Makes tenants, people, keys and tickets through the product's own services.</summary>
public sealed class Given(PortalFactory portal)
{
    /// <summary>A new customer tenant.</summary>
    /// <param name="slug">Null makes one up.</param>
    /// <param name="plan">The default limits tickets not at all and people to 50.</param>
    public async Task<GivenTenant> TenantAsync(string? slug = null, Plan plan = Plan.Government, string timeZone = "Etc/UTC")
    {
        await using var scope = portal.ScopeFor(null, SystemActor.Instance);
        slug ??= "org-" + Guid.CreateVersion7().ToString("N")[^12..];
        var created = await scope.Get<TenantService>().CreateAsync(new NewTenant(slug, $"Organisation {slug}", plan, timeZone), CancellationToken.None);
        return new GivenTenant(portal, created.Value);
    }

    /// <summary>The provider's own tenant, which every database has at most one of.</summary>
    public async Task<GivenTenant> OperatorAsync()
    {
        await using var scope = portal.ScopeFor(null, SystemActor.Instance);
        var tenant = await scope.Get<TenantService>().EnsureOperatorAsync("The provider", "Etc/UTC", CancellationToken.None);
        return new GivenTenant(portal, tenant.Value);
    }
}

/// <summary>A tenant in a test's database.</summary>
public sealed class GivenTenant(PortalFactory portal, TenantInfo info)
{
    public const string Password = "Given-Harbour-27!";

    public TenantInfo Info => info;
    public Guid Id => info.Id;
    public string Slug => info.Slug;
    public PortalFactory Portal => portal;

    /// <param name="role">A role of this tenant's kind.</param>
    /// <param name="email">Null makes one up.</param>
    public async Task<GivenPerson> PersonAsync(string role, string? email = null, string? name = null)
    {
        email ??= $"{role}-{Guid.CreateVersion7().ToString("N")[^12..]}@{Slug}.test";
        await using var scope = portal.ScopeFor(info, SystemActor.Instance);
        var person = await scope.Get<PeopleService>().AddAsync(new NewPerson(email, name ?? $"The {role} of {Slug}", role, Password), CancellationToken.None);
        return new GivenPerson(this, person.Value);
    }

    public Task<GivenPerson> AdminAsync() => PersonAsync(info.IsOperator ? Roles.PlatformAdmin : Roles.Admin);

    public async Task<CreatedApiKey> ApiKeyAsync(params string[] scopes)
    {
        await using var scope = portal.ScopeFor(info, SystemActor.Instance);
        return (await scope.Get<ApiKeyService>().CreateAsync(new NewApiKey { Name = "a test", Scopes = scopes }, CancellationToken.None)).Value;
    }

    /// <summary>This tenant's services with the product itself as actor.</summary>
    public Scope SystemScope() => portal.ScopeFor(info, SystemActor.Instance);

    public async Task SuspendAsync()
    {
        await using var scope = portal.ScopeFor(null, SystemActor.Instance);
        Assert.True((await scope.Get<TenantService>().SuspendAsync(Slug, "A test wants to see it", CancellationToken.None)).IsSuccess);
    }

    public async Task ResumeAsync()
    {
        await using var scope = portal.ScopeFor(null, SystemActor.Instance);
        Assert.True((await scope.Get<TenantService>().ResumeAsync(Slug, CancellationToken.None)).IsSuccess);
    }
}

/// <summary>A person who can sign in with <see cref="GivenTenant.Password"/>.</summary>
public sealed record GivenPerson(GivenTenant Tenant, PersonSummary Summary)
{
    public Guid Id => Summary.Id;
    public string Email => Summary.Email;
    public string Name => Summary.Name;
    public string Role => Summary.Role;

    public Actor Actor => new(Tenant.Id, Id, Name, Tenant.Info.IsOperator ? ActorKind.Agent : ActorKind.Customer, Role);

    /// <summary>Services in the person's own tenant, or for staff in a customer's.</summary>
    public Scope Scope(GivenTenant? inTenant = null) => Tenant.Portal.ScopeFor((inTenant ?? Tenant).Info, Actor);

    public async Task<TicketView> OpenTicketAsync(string subject = "The deployment is stuck", string? description = null, TicketPriority? priority = null)
    {
        await using var scope = Scope();
        return (await scope.Get<TicketService>().OpenAsync(new OpenTicket { Subject = subject, Description = description, Priority = priority }, CancellationToken.None)).Value;
    }

    /// <summary>A browser in which this person has signed in at the tenant's own host.</summary>
    public Task<Visitor> SignInAsync(PortalFactory? at = null) => (at ?? Tenant.Portal).Visit(Tenant).SignInAsync(Email, GivenTenant.Password);
}
