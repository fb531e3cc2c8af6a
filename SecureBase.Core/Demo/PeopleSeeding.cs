using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Core.Demo;

/// <summary>Makes the demo's tenants and people where they are missing; what is there already stays as it is.</summary>
internal sealed class PeopleSeeding(IServiceScopeFactory scopes, NpgsqlDataSource source, TenantDirectory directory, TimeProvider clock)
{
    // A closed ticket of last year must still be there to be looked at.
    private const int TicketRetentionDays = 800;

    // They were customers for some time before the first ticket of the history.
    private static readonly TimeSpan BeforeToday = TimeSpan.FromDays(400);

    private readonly SettableClock _then = new(clock.GetUtcNow() - BeforeToday);
    private OnePasswordHasher? _hasher;

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
        var present = await PresentAsync(tenant.Id, ct);
        var missing = organisation.People.Where(p => !present.Contains(p.Email)).ToList();
        if (missing.Count == 0)
            return 0;

        await using var scope = scopes.EnterSilently(tenant, SystemActor.Instance);
        var services = scope.ServiceProvider;
        _hasher ??= new OnePasswordHasher(services.GetRequiredService<IPasswordHasher<Person>>());
        var people = ActivatorUtilities.CreateInstance<PeopleService>(services, services.UnitOfWorkAt(_then), _hasher);
        foreach (var person in missing)
        {
            var added = await people.AddAsync(new NewPerson(person.Email, person.Name, person.Role, DemoSeeder.Password), ct);
            if (!added.IsSuccess)
                return added.Error;
        }

        return missing.Count;
    }

    // Every start of a portal asks this before it serves, so it does not wait for EF to build its model.
    private async Task<HashSet<string>> PresentAsync(Guid tenantId, CancellationToken ct)
    {
        await using var connection = await source.OpenForAsync(tenantId, ct);
        await using var command = new NpgsqlCommand("select email from people where tenant_id = $1 and email is not null", connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenantId } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var emails = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadAsync(ct))
            emails.Add(reader.GetString(0));
        return emails;
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
