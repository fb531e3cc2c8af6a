using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Core.Demo;

/// <summary>Makes the demo's tenants and people where they are missing; what is there already stays as it is.</summary>
internal sealed class PeopleSeeding(IServiceScopeFactory scopes, TenantDirectory directory, TimeProvider clock)
{
    // A closed ticket of last year must still be there to be looked at.
    private const int TicketRetentionDays = 800;

    // They were customers for some time before the first ticket of the history.
    private static readonly TimeSpan BeforeToday = TimeSpan.FromDays(400);

    private readonly SettableClock _then = new(clock.GetUtcNow() - BeforeToday);

    /// <returns>How many people were added.</returns>
    public async Task<Result<int>> SeedAsync(CancellationToken ct)
    {
        var added = 0;
        foreach (var organisation in DemoOrganisations.All)
        {
            var tenant = await EnsureTenantAsync(organisation, ct);
            if (!tenant.IsSuccess)
                return tenant.Error;
            var people = await AddMissingAsync(tenant.Value, organisation, ct);
            if (!people.IsSuccess)
                return people.Error;
            added += people.Value;
        }

        return added;
    }

    private async Task<Result<TenantInfo>> EnsureTenantAsync(DemoOrganisation organisation, CancellationToken ct)
    {
        if (await directory.FindAsync(organisation.Slug, ct) is { } known)
            return known;
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(SystemActor.Instance);
        var tenants = ActivatorUtilities.CreateInstance<TenantService>(scope.ServiceProvider, _then);
        return organisation.Kind == TenantKind.Operator
            ? await tenants.EnsureOperatorAsync(organisation.Name, organisation.TimeZone, ct)
            : await tenants.CreateAsync(new NewTenant(organisation.Slug, organisation.Name, organisation.Plan, organisation.TimeZone, TicketRetentionDays), ct);
    }

    private async Task<Result<int>> AddMissingAsync(TenantInfo tenant, DemoOrganisation organisation, CancellationToken ct)
    {
        await using var scope = scopes.EnterSilently(tenant, SystemActor.Instance);
        var services = scope.ServiceProvider;
        var present = await PresentAsync(services, ct);
        var missing = organisation.People.Where(p => !present.Contains(p.Email)).ToList();
        if (missing.Count == 0)
            return 0;

        var hasher = new OnePasswordHasher(services.GetRequiredService<IPasswordHasher<Person>>());
        var people = ActivatorUtilities.CreateInstance<PeopleService>(services, services.UnitOfWorkAt(_then), hasher);
        foreach (var person in missing)
        {
            var added = await people.AddAsync(new NewPerson(person.Email, person.Name, person.Role, DemoSeeder.Password), ct);
            if (!added.IsSuccess)
                return added.Error;
        }

        return missing.Count;
    }

    private static async Task<HashSet<string>> PresentAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(ct);
        return await db.Users.Select(p => p.Email!).ToHashSetAsync(StringComparer.OrdinalIgnoreCase, ct);
    }

    /// <summary>Hashes the one password of the demo once: for thirty people it would take seconds, and everybody may know it.</summary>
    private sealed class OnePasswordHasher(IPasswordHasher<Person> hasher) : IPasswordHasher<Person>
    {
        private string? _hash;

        public string HashPassword(Person user, string password) => _hash ??= hasher.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Person user, string hashedPassword, string providedPassword) =>
            hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
    }
}
