using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Access;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.E2E.Infrastructure;

/// <summary>Makes what a journey starts from, through the product's own services.</summary>
internal sealed class Given(Product product)
{
    /// <summary>A new customer tenant; its plan limits tickets not at all.</summary>
    public async Task<GivenTenant> TenantAsync(string slug, string? name = null)
    {
        var request = new NewTenant(slug, name ?? $"Organisation {slug}", Plan.Government, "Europe/Berlin");
        return new GivenTenant(product, await product.RunAsync(null, SystemActor.Instance, s => s.GetRequiredService<TenantService>().CreateAsync(request, CancellationToken.None)));
    }

    /// <summary>The provider's own tenant.</summary>
    public async Task<GivenTenant> OperatorAsync() =>
        new(product, await product.RunAsync(null, SystemActor.Instance, s => s.GetRequiredService<TenantService>().EnsureOperatorAsync("The provider", "Europe/Berlin", CancellationToken.None)));
}

internal sealed class GivenTenant(Product product, TenantInfo info)
{
    public const string Password = "Journey-Harbour-27!";

    private static int _people;

    public TenantInfo Info => info;

    public string Slug => info.Slug;

    public Product Product => product;

    public async Task<GivenPerson> PersonAsync(string role, string name)
    {
        var request = new NewPerson($"person{Interlocked.Increment(ref _people)}@{Slug}.test", name, role, Password);
        return new GivenPerson(this, await product.RunAsync(info, SystemActor.Instance, s => s.GetRequiredService<PeopleService>().AddAsync(request, CancellationToken.None)));
    }

    public Task<CreatedApiKey> ApiKeyAsync(params string[] scopes) =>
        product.RunAsync(info, SystemActor.Instance, s => s.GetRequiredService<ApiKeyService>().CreateAsync(new NewApiKey { Name = "a journey", Scopes = scopes }, CancellationToken.None));

    public Task SuspendAsync() =>
        product.RunAsync(null, SystemActor.Instance, s => s.GetRequiredService<TenantService>().SuspendAsync(Slug, "A journey wants to see it", CancellationToken.None));
}

/// <summary>A person who signs in with <see cref="GivenTenant.Password"/>.</summary>
internal sealed record GivenPerson(GivenTenant Tenant, PersonSummary Summary)
{
    public string Name => Summary.Name;

    public string Email => Summary.Email;

    public Actor Actor => new(Tenant.Info.Id, Summary.Id, Name, Tenant.Info.IsOperator ? ActorKind.Agent : ActorKind.Customer, Summary.Role);

    public Task<TicketView> OpenTicketAsync(string subject, string description = "It happened again this morning.", TicketPriority? priority = null, TicketCategory? category = null) =>
        InAsync(Tenant, tickets => tickets.OpenAsync(new OpenTicket { Subject = subject, Description = description, Priority = priority, Category = category }, CancellationToken.None));

    public Task<CommentedTicket> CommentAsync(TicketView ticket, string body) =>
        InAsync(Tenant, tickets => tickets.CommentAsync(ticket.Id, new AddComment { Body = body }, CancellationToken.None));

    /// <summary>Waits until these words of a draft have reached the database. The page's own "Draft saved" may still speak of the words before.</summary>
    public Task KeptDraftAsync(string key, string words) => Until.TrueAsync($"the draft {key} holds '{words}'", async () =>
        await Tenant.Product.RunAsync<string?>(Tenant.Info, Actor, async s => await s.GetRequiredService<DraftService>().FindAsync(key, CancellationToken.None)) is { } text && text.Contains(words, StringComparison.Ordinal));

    /// <summary>What this person does with tickets; staff do it in a customer's tenant.</summary>
    public Task<T> InAsync<T>(GivenTenant tenant, Func<TicketService, Task<Result<T>>> work) =>
        Tenant.Product.RunAsync(tenant.Info, Actor, s => work(s.GetRequiredService<TicketService>()));
}
