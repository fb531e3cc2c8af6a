using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Publishing;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Signing;

namespace SecureBase.Core.Demo;

/// <summary>
/// Gives the demo's customers webhook endpoints, one of which fails and one of which is paused, and publishes events of the provider's other
/// systems to them, once per database. Everything is really sent, to a receiver of the demo's own. The caller holds the lock.
/// </summary>
internal sealed class WebhookSeeding(IServiceScopeFactory scopes, TenantDirectory directory)
{
    internal const string Made = "demo.webhooks_made";

    private static readonly Planned[] Plan =
    [
        new("acme", "manager@acme.test", "Ledger", DemoSeeder.TroubledPath, ["ticket.created", "ticket.commented", "ticket.resolved", "invoice.created", "invoice.paid", "invoice.overdue"]) { RateLimit = 50 },
        new("acme", "manager@acme.test", "Fraud signals", "/signals", ["ticket.created", "ticket.updated", "compliance.finding_critical", "compliance.scan_completed", "usage.threshold_exceeded"]),
        new("acme", "manager@acme.test", "BI warehouse", "/warehouse", ["invoice.created", "invoice.paid", "invoice.overdue", "usage.threshold_exceeded"]) { IsPaused = true },
        new("globex", "manager@globex.test", "Imaging archive", "/archive", ["ticket.created", "ticket.updated", "ticket.commented", "compliance.scan_completed", "invoice.created"]) { Scheme = SignatureScheme.V1a, IsOrdered = true },
    ];

    /// <param name="receiver">Where the demo's receiver listens.</param>
    public async Task<Result<Done>> SeedAsync(Uri receiver, CancellationToken ct)
    {
        if (await directory.FindAsync(Tenant.OperatorId, ct) is not { } provider)
            return DemoErrors.PeopleMissing;
        await using var scope = scopes.EnterSilently(provider, SystemActor.Instance);
        if (await HistorySeeding.FindAsync(scope.ServiceProvider, Made, ct) is not null)
            return Done.Value;
        foreach (var planned in Plan)
        {
            if (await MakeAsync(planned, receiver, ct) is { } error)
                return error;
        }
        if (await PublishAsync(provider, ct) is { } refused)
            return refused;
        return await HistorySeeding.RecordAsync(scope.ServiceProvider, Made, new { endpoints = Plan.Length }, ct);
    }

    private async Task<Error?> MakeAsync(Planned planned, Uri receiver, CancellationToken ct)
    {
        if (await directory.FindAsync(planned.Tenant, ct) is not { } tenant)
            return DemoErrors.PeopleMissing;
        if (await EnterAsync(tenant, planned.By, ct) is not { } scope)
            return DemoErrors.PeopleMissing;
        await using var entered = scope;
        var webhooks = scope.ServiceProvider.GetRequiredService<WebhookEndpointService>();
        var present = await webhooks.ListAsync(new WebhookQuery { Limit = WebhookQuery.MaxLimit }, ct);
        if (!present.IsSuccess || present.Value.Items.Any(w => w.Description == planned.Name))
            return present.Error;
        var made = await webhooks.CreateAsync(new NewWebhook
        {
            Url = new Uri(receiver, planned.Path).AbsoluteUri, Description = planned.Name, Events = planned.Events, Scheme = planned.Scheme, Ordered = planned.IsOrdered, RateLimit = planned.RateLimit,
        }, ct);
        return made.IsSuccess && planned.IsPaused ? (await webhooks.EditAsync(made.Value.Webhook.Id, new EditWebhook { Status = EndpointStatus.Paused }, expectedVersion: null, ct)).Error : made.Error;
    }

    private async Task<Error?> PublishAsync(TenantInfo provider, CancellationToken ct)
    {
        if (await EnterAsync(provider, DemoOrganisations.Operator.People[0].Email, ct) is not { } scope)
            return DemoErrors.PeopleMissing;
        await using var entered = scope;
        var publishing = scope.ServiceProvider.GetRequiredService<EventPublishingService>();
        foreach (var tenant in Plan.Select(p => p.Tenant).Distinct())
        {
            // Under an id of its own each is published once, also when this is interrupted and begins again.
            foreach (var type in EventCatalogue.All.Where(type => type.IsPublished))
            {
                if ((await publishing.PublishAsync(new PublishEvent { Tenant = tenant, Type = type.Name, Data = type.Example, Id = $"demo-{type.Name}" }, ct)).Error is { } refused)
                    return refused;
            }
        }
        return null;
    }

    /// <summary>A scope of the person's own; nothing that happens in it is silent.</summary>
    /// <returns>Null when there is no such person.</returns>
    private async Task<AsyncServiceScope?> EnterAsync(TenantInfo tenant, string email, CancellationToken ct)
    {
        await using var quiet = scopes.EnterSilently(tenant, SystemActor.Instance);
        await using var db = await quiet.ServiceProvider.GetRequiredService<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync(ct);
        if (await db.Users.SingleOrDefaultAsync(p => p.Email == email, ct) is not { } person)
            return null;
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(tenant);
        scope.ServiceProvider.GetRequiredService<Caller>().Become(new Actor(tenant.Id, person.Id, person.DisplayName, tenant.IsOperator ? ActorKind.Agent : ActorKind.Customer, person.Role));
        return scope;
    }

    /// <param name="By">E-mail of whoever makes it.</param>
    private sealed record Planned(string Tenant, string By, string Name, string Path, IReadOnlyList<string> Events)
    {
        public SignatureScheme Scheme { get; init; } = SignatureScheme.V1;
        public bool IsOrdered { get; init; }
        public bool IsPaused { get; init; }
        public int? RateLimit { get; init; }
    }
}
