using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Demo;

/// <summary>What one tenant's history came to.</summary>
/// <param name="Tickets">How many of its tickets are there, also from an earlier, interrupted run.</param>
/// <param name="Refused">Acts that the portal refused, because somebody had used it meanwhile.</param>
public sealed record DemoTickets(string Tenant, int Tickets, int Refused);

/// <param name="WasComplete">There was nothing to do.</param>
public sealed record DemoHistory(bool WasComplete, IReadOnlyList<DemoTickets> Tenants);

/// <summary>Why there is no demo.</summary>
public static class DemoErrors
{
    public static Error DevelopmentOnly(string environment) => new(ErrorKind.Conflict, "demo_is_for_development",
        $"Demo tenants have a published password, so they are made in Development only; this is {environment}. Make real ones with create-operator and create-tenant.");

    public static Error PeopleMissing => new(ErrorKind.Conflict, "demo_people_missing", "The demo's tenants and people come first, and some are missing.");

    public static Error BegunByAnotherBuild(DateTimeOffset asOf) => new(ErrorKind.Conflict, "demo_begun_by_another_build",
        string.Create(CultureInfo.InvariantCulture, $"Another build began the demo history on {asOf:d MMMM yyyy} and was interrupted. What it wrote is kept; start with an empty data directory to get all of it."));
}

/// <summary>
/// Fills a Development portal with tenants, people and a year of tickets. Both steps may be repeated and run beside each
/// other in several processes: each does only what is missing. Outside Development both refuse.
/// </summary>
public sealed class DemoSeeder(
    IServiceScopeFactory scopes, NpgsqlDataSource source, TenantDirectory directory, IHostEnvironment environment, TimeProvider clock, ILogger<DemoSeeder> log)
{
    /// <summary>The path at which the demo's receiver of webhooks has trouble of its own.</summary>
    public const string TroubledPath = "/ledger";

    /// <summary>Everybody's in the demo, and so nobody's anywhere else.</summary>
    public const string Password = "Demo-Harbour-27!";

    /// <summary>Makes the tenants and people that are missing.</summary>
    /// <returns>How many people were added.</returns>
    public async Task<Result<int>> SeedTenantsAndPeopleAsync(CancellationToken ct)
    {
        if (!environment.IsDevelopment())
            return DemoErrors.DevelopmentOnly(environment.EnvironmentName);
        var began = clock.GetTimestamp();
        await using var turn = await DemoLock.TakeAsync(source, "demo people", ct);
        var added = await new PeopleSeeding(scopes, source, directory, clock).SeedAsync(ct);
        if (added.IsSuccess && added.Value > 0)
            log.PeopleAdded(added.Value, clock.GetElapsedTime(began).TotalSeconds);
        return added;
    }

    /// <summary>
    /// Writes the year of tickets up to now, through the product's own services at the historical instants; nobody is
    /// notified. Begun once per database: a later call continues an interrupted run or finds nothing to do.
    /// </summary>
    public async Task<Result<DemoHistory>> SeedHistoryAsync(CancellationToken ct)
    {
        if (!environment.IsDevelopment())
            return DemoErrors.DevelopmentOnly(environment.EnvironmentName);
        await using var turn = await DemoLock.TakeAsync(source, "demo history", ct);
        return await new HistorySeeding(scopes, directory, clock, log).SeedAsync(ct);
    }

    /// <summary>Makes the customers' webhook endpoints and the events that are sent to them, once per database.</summary>
    /// <param name="receiver">Where the demo's receiver listens.</param>
    public async Task<Result<Done>> SeedWebhooksAsync(Uri receiver, CancellationToken ct)
    {
        if (!environment.IsDevelopment())
            return DemoErrors.DevelopmentOnly(environment.EnvironmentName);
        await using var turn = await DemoLock.TakeAsync(source, "demo webhooks", ct);
        return await new WebhookSeeding(scopes, directory).SeedAsync(receiver, ct);
    }
}
