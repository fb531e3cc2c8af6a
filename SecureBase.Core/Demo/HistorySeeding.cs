using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureBase.Core.Auditing;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Core.Demo;

/// <summary>
/// Writes the planned year, once per database. The operator's audit log says when it was begun, from which moment and plan,
/// and when it was complete, so that an interrupted run is continued where it stopped. The caller holds the lock.
/// </summary>
internal sealed class HistorySeeding(IServiceScopeFactory scopes, TenantDirectory directory, TimeProvider clock, ILogger log)
{
    internal const string Started = "demo.history_started";
    internal const string Completed = "demo.history_completed";

    internal const ulong Seed = 20260401;

    public async Task<Result<DemoHistory>> SeedAsync(CancellationToken ct)
    {
        if (await directory.FindAsync(Tenant.OperatorId, ct) is not { } provider)
            return DemoErrors.PeopleMissing;
        await using var scope = scopes.EnterSilently(provider, SystemActor.Instance);
        if (await FindAsync(scope.ServiceProvider, Completed, ct) is not null)
            return new DemoHistory(WasComplete: true, []);

        var begun = await FindAsync(scope.ServiceProvider, Started, ct) is { } entry ? JsonSerializer.Deserialize<Beginning>(entry.Details!, WireJson.Options) : null;
        var moment = begun?.AsOf ?? Whole(clock.GetUtcNow());
        var histories = HistoryPlan.Make(StoryBook.Load(), moment, Seed);
        var plan = FingerprintOf(histories);
        if (begun is not null && begun.Plan != plan)
            return DemoErrors.BegunByAnotherBuild(begun.AsOf);
        if (begun is null)
            await RecordAsync(scope.ServiceProvider, Started, new Beginning(moment, plan), ct);

        var staff = await ActorsAsync(provider, DemoOrganisations.Operator, ct);
        var written = await Task.WhenAll(histories.Select(h => WriteAsync(h.Key, h.Value, moment, staff, ct)));
        if (written.FirstOrDefault(w => !w.IsSuccess).Error is { } failed)
            return failed;
        DemoTickets[] tickets = [.. written.Select(w => w.Value)];
        await RecordAsync(scope.ServiceProvider, Completed, tickets.ToDictionary(t => t.Tenant, t => t.Tickets), ct);
        return new DemoHistory(WasComplete: false, tickets);
    }

    private async Task<Result<DemoTickets>> WriteAsync(
        DemoOrganisation organisation, IReadOnlyList<PlannedTicket> tickets, DateTimeOffset moment, IReadOnlyDictionary<string, Actor> staff, CancellationToken ct)
    {
        if (await directory.FindAsync(organisation.Slug, ct) is not { } tenant)
            return DemoErrors.PeopleMissing;
        var began = clock.GetTimestamp();
        var people = new Dictionary<string, Actor>([.. staff, .. await ActorsAsync(tenant, organisation, ct)]);
        if (organisation.People.Any(p => !people.ContainsKey(p.Email)))
            return DemoErrors.PeopleMissing;
        await using var desk = new DemoDesk(scopes, tenant, people);
        var written = await desk.ReadAsync(moment, ct);
        var ids = new Dictionary<PlannedTicket, Guid>(ReferenceEqualityComparer.Instance);
        var refused = 0;

        // In the order of time and not ticket by ticket, so that numbers, audit and events tell one story.
        foreach (var (_, ticket, act) in InOrder(tickets))
        {
            if (act is null)
            {
                var opened = written.Find(ticket) is { } known ? known : await desk.OpenAsync(ticket, ct);
                if (opened.IsSuccess)
                    ids[ticket] = opened.Value;
                else
                    Refused(opened.Error);
            }
            else if (ids.TryGetValue(ticket, out var id) && !written.Has(ticket, act) && await desk.DoAsync(id, act, ct) is { } error)
            {
                Refused(error);
            }
        }

        log.HistoryWritten(organisation.Slug, ids.Count, clock.GetElapsedTime(began).TotalSeconds);
        return new DemoTickets(organisation.Slug, ids.Count, refused);

        // Somebody has used the portal meanwhile, closed a ticket for instance: their act counts, not the plan.
        void Refused(Error error)
        {
            refused++;
            log.HistoryActRefused(organisation.Slug, error.Code);
        }
    }

    private static IEnumerable<Step> InOrder(IReadOnlyList<PlannedTicket> tickets) =>
        tickets.SelectMany(t => t.Acts.Select(a => new Step(a.At, t, a)).Prepend(new Step(t.OpenedAt, t, null))).OrderBy(step => step.At);

    private async Task<Dictionary<string, Actor>> ActorsAsync(TenantInfo tenant, DemoOrganisation organisation, CancellationToken ct)
    {
        var kind = tenant.IsOperator ? ActorKind.Agent : ActorKind.Customer;
        var emails = organisation.People.Select(p => p.Email).ToArray();
        await using var scope = scopes.EnterSilently(tenant, SystemActor.Instance);
        await using var db = await scope.ServiceProvider.GetRequiredService<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(ct);
        return await db.Users.Where(p => p.Kind == PersonKind.Human && emails.Contains(p.Email!))
            .ToDictionaryAsync(p => p.Email!, p => new Actor(tenant.Id, p.Id, p.DisplayName, kind, p.Role) { Silent = true }, ct);
    }

    internal static async Task<AuditEntry?> FindAsync(IServiceProvider services, string action, CancellationToken ct)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(ct);
        return await db.AuditEntries.AsNoTracking().Where(e => e.Action == action && e.ActorKind == ActorKind.System).OrderBy(e => e.At).FirstOrDefaultAsync(ct);
    }

    internal static Task<Result<Done>> RecordAsync(IServiceProvider services, string action, object details, CancellationToken ct) =>
        services.GetRequiredService<UnitOfWork>().ChangeAsync<Done>(TenantPermissions.Manage, action, (change, _) =>
        {
            change.Audit(action, details: details);
            return Task.FromResult<Result<Done>>(Done.Value);
        }, ct);

    private static string FingerprintOf(IReadOnlyDictionary<DemoOrganisation, IReadOnlyList<PlannedTicket>> histories) =>
        DemoRandom.HashOf(string.Join('\n', histories.OrderBy(h => h.Key.Slug, StringComparer.Ordinal).SelectMany(h => h.Value).Select(t => $"{t.OpenedAt:O} {t.Subject} {t.LastActivityAt:O}")))
            .ToString("x16", CultureInfo.InvariantCulture);

    private static DateTimeOffset Whole(DateTimeOffset at) => new(at.Ticks - at.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero);

    private sealed record Beginning(DateTimeOffset AsOf, string Plan);

    /// <param name="Act">Null for the opening.</param>
    private readonly record struct Step(DateTimeOffset At, PlannedTicket Ticket, PlannedAct? Act);
}
