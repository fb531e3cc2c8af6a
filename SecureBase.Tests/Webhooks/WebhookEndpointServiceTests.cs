using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Targets;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks;

public sealed class WebhookEndpointServiceTests : IAsyncLifetime
{
    private WebhookScene _scene = null!;

    public async Task InitializeAsync() => _scene = await WebhookScene.StartAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Create_TheSecretIsShownOnce_AndSealedInTheDatabase()
    {
        var made = await _scene.CreateAsync(new NewWebhook { Events = ["ticket.resolved", "ticket.created"], Description = " Ledger ", Ordered = true, RateLimit = 50, Headers = new Dictionary<string, string> { ["X-Token"] = "hidden-value" } });

        Assert.StartsWith("whsec_", made.Secret, StringComparison.Ordinal);
        var read = await _scene.ReadAsync(made.Webhook.Id);
        Assert.Null(read.Secret);
        Assert.Equal(["ticket.created", "ticket.resolved"], read.Events);
        Assert.Equal(("Ledger", true, 50, EndpointStatus.Enabled, 1, _scene.Ada.Name), (read.Description, read.Ordered, read.RateLimit, read.Status, read.Version, read.CreatedBy));
        Assert.Equal(["X-Token"], read.HeaderNames);

        await using var scope = _scene.Acme.SystemScope();
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync();
        var row = await db.WebhookEndpoints.SingleAsync();
        Assert.False(row.Secret!.AsSpan().IndexOf(Convert.FromBase64String(made.Secret["whsec_".Length..])) >= 0);
        Assert.False(row.Headers!.AsSpan().IndexOf(Encoding.ASCII.GetBytes("hidden-value")) >= 0);
        var audit = await db.AuditEntries.SingleAsync(e => e.Action == "webhook.created");
        Assert.DoesNotContain("hidden-value", audit.Details, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Secret, audit.Details, StringComparison.Ordinal);
    }

    public static TheoryData<string, NewWebhook> Invalid => new()
    {
        { "url", new NewWebhook { Url = "http://hooks.example.com/", Events = ["ticket.created"] } },
        { "url", new NewWebhook { Url = "https://169.254.169.254/latest", Events = ["ticket.created"] } },
        { "url", new NewWebhook { Url = "https://user:secret@hooks.example.com/", Events = ["ticket.created"] } },
        { "events", new NewWebhook { Events = [] } },
        { "events", new NewWebhook { Events = ["ticket.exploded"] } },
        { "events", new NewWebhook { Events = ["internal.ticket_noted"] } },
        { "events", new NewWebhook { Events = [null!] } },
        { "description", new NewWebhook { Events = ["ticket.created"], Description = new string('x', 401) } },
        { "rate_limit", new NewWebhook { Events = ["ticket.created"], RateLimit = 0 } },
        { "rate_limit", new NewWebhook { Events = ["ticket.created"], RateLimit = 1_001 } },
        { "headers", new NewWebhook { Events = ["ticket.created"], Headers = new Dictionary<string, string> { ["Host"] = "inside.example" } } },
        { "headers", new NewWebhook { Events = ["ticket.created"], Headers = new Dictionary<string, string> { ["webhook-signature"] = "v1,forged" } } },
        { "headers", new NewWebhook { Events = ["ticket.created"], Headers = new Dictionary<string, string> { ["Content-Length"] = "1" } } },
        { "headers", new NewWebhook { Events = ["ticket.created"], Headers = new Dictionary<string, string> { ["X: y"] = "z" } } },
        { "headers", new NewWebhook { Events = ["ticket.created"], Headers = new Dictionary<string, string> { ["X-Y"] = "a\r\nZ: b" } } },
        { "headers", new NewWebhook { Events = ["ticket.created"], Headers = Enumerable.Range(0, 21).ToDictionary(i => $"X-{i}", _ => "y") } },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task Create_Invalid_NamesTheField(string field, NewWebhook request)
    {
        var refused = await _scene.DoAsync<WebhookEndpointService, WebhookWithSecret>(webhooks => webhooks.CreateAsync(request with { Url = request.Url ?? "https://93.184.215.14/" }, CancellationToken.None));
        Assert.Equal(ErrorKind.Invalid, refused.Error!.Kind);
        Assert.Equal([field], refused.Error.Fields.Select(f => f.Field).Distinct());
    }

    [Fact]
    public async Task Create_BeyondThePlan_IsRefused_UntilOneIsDeleted()
    {
        var small = await _scene.Portal.Given.TenantAsync(plan: Plan.Standard);
        var admin = await small.AdminAsync();
        List<Guid> made = [];
        for (var i = 0; i < PlanLimits.Of(Plan.Standard).WebhookEndpoints; i++)
            made.Add((await CreateAsync()).Value.Webhook.Id);

        Assert.Equal((ErrorKind.QuotaExceeded, "Your plan, standard, includes 3 webhook endpoints, and that many exist. Delete one that is no longer needed, or ask us for more."), ((await CreateAsync()).Error!.Kind, (await CreateAsync()).Error!.Message));
        await _scene.DoAsync<WebhookEndpointService, WebhookView>(webhooks => webhooks.DeleteAsync(made[0], CancellationToken.None), admin);
        Assert.True((await CreateAsync()).IsSuccess);

        Task<Result<WebhookWithSecret>> CreateAsync() => _scene.DoAsync<WebhookEndpointService, WebhookWithSecret>(
            webhooks => webhooks.CreateAsync(new NewWebhook { Url = _scene.Receiver.At("/x").AbsoluteUri, Events = ["ticket.created"] }, CancellationToken.None), admin);
    }

    [Theory]
    [InlineData(Roles.Manager, true, true)]
    [InlineData(Roles.Analyst, true, false)]
    [InlineData(Roles.Viewer, false, false)]
    public async Task Role_ReadsAndManages_AsTheContractSays(string role, bool reads, bool manages)
    {
        var webhook = await _scene.CreateAsync();
        var person = await _scene.Acme.PersonAsync(role);

        Assert.Equal(reads, (await _scene.DoAsync<WebhookEndpointService, WebhookView>(w => w.GetAsync(webhook.Webhook.Id, CancellationToken.None), person)).IsSuccess);
        Assert.Equal(reads, (await _scene.DoAsync<WebhookDeliveryService, Page<WebhookDeliveryView>>(l => l.ListAsync(new WebhookDeliveryQuery(), CancellationToken.None), person)).IsSuccess);
        Assert.Equal(manages, (await _scene.DoAsync<WebhookEndpointService, WebhookView>(w => w.EditAsync(webhook.Webhook.Id, new EditWebhook { Description = "x" }, null, CancellationToken.None), person)).IsSuccess);
        Assert.Equal(manages, (await _scene.DoAsync<WebhookDeliveryService, WebhookDeliveryView>(l => l.TestAsync(webhook.Webhook.Id, CancellationToken.None), person)).IsSuccess);
        Assert.Equal(manages, (await _scene.DoAsync<WebhookEndpointService, WebhookView>(w => w.DeleteAsync(webhook.Webhook.Id, CancellationToken.None), person)).IsSuccess);
    }

    [Fact]
    public async Task Edit_ChangesWhatIsGivenAlone_AndRefusesAStaleVersion()
    {
        var webhook = (await _scene.CreateAsync(new NewWebhook { Events = ["ticket.created"], RateLimit = 10, Description = "Before" })).Webhook;

        var edited = await _scene.EditAsync(webhook.Id, new EditWebhook { RateLimit = 0, Events = ["ticket.resolved"] });

        Assert.Equal((null, "Before", webhook.Url), (edited.RateLimit, edited.Description, edited.Url));
        Assert.Equal(["ticket.resolved"], edited.Events);
        Assert.Null((await _scene.LaneAsync(webhook.Id)).PerSecond);
        Assert.Equal(ErrorKind.Stale, (await _scene.DoAsync<WebhookEndpointService, WebhookView>(w => w.EditAsync(webhook.Id, new EditWebhook { Description = "y" }, webhook.Version, CancellationToken.None))).Error!.Kind);
        Assert.Equal("status", Assert.Single((await _scene.DoAsync<WebhookEndpointService, WebhookView>(w => w.EditAsync(webhook.Id, new EditWebhook { Status = EndpointStatus.Disabled }, null, CancellationToken.None))).Error!.Fields).Field);
    }

    [Fact]
    public async Task Rotate_WhileAnEarlierSecretSigns_IsRefused_UntilThatIsEnded()
    {
        var webhook = (await _scene.CreateAsync()).Webhook;
        var rotated = (await RotateAsync()).Value;
        Assert.Equal(_scene.Clock.GetUtcNow() + WebhookEndpoint.Overlap, rotated.Webhook.PreviousSecretEndsAt);
        Assert.Equal("rotation_under_way", (await RotateAsync()).Error!.Code);

        var ended = await _scene.DoAsync<WebhookEndpointService, WebhookView>(w => w.EndPreviousAsync(webhook.Id, CancellationToken.None));
        Assert.Null(ended.Value.PreviousSecretEndsAt);
        Assert.NotEqual(rotated.Secret, (await RotateAsync()).Value.Secret);

        Task<Result<WebhookWithSecret>> RotateAsync() => _scene.DoAsync<WebhookEndpointService, WebhookWithSecret>(w => w.RotateAsync(webhook.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Secret_ThatNoLongerSigns_IsForgotten()
    {
        var webhook = (await _scene.CreateAsync()).Webhook;
        Assert.True((await _scene.DoAsync<WebhookEndpointService, WebhookWithSecret>(w => w.RotateAsync(webhook.Id, CancellationToken.None))).IsSuccess);
        await PurgeAsync();
        Assert.Equal(1L, await KeptAsync());

        _scene.Clock.Advance(WebhookEndpoint.Overlap);
        await PurgeAsync();
        Assert.Equal(0L, await KeptAsync());

        async Task PurgeAsync()
        {
            await using var scope = _scene.Acme.SystemScope();
            await scope.Get<DeletedEndpoints>().PurgeAsync(CancellationToken.None);
        }

        Task<object?> KeptAsync() => _scene.ScalarAsync($"select count(*) from webhooks where id = '{webhook.Id}' and previous_secret is not null");
    }

    [Fact]
    public async Task Pause_OfWhatWasDisabled_ForgetsWhyItWas()
    {
        var webhook = (await _scene.CreateAsync()).Webhook;
        await using (var scope = _scene.Acme.SystemScope())
            await scope.Get<DeadEndpoints>().DisableAsync(webhook.Id, "Nobody answers.", CancellationToken.None);
        Assert.NotNull((await _scene.ReadAsync(webhook.Id)).DisabledReason);

        var paused = await _scene.EditAsync(webhook.Id, new EditWebhook { Status = EndpointStatus.Paused });

        Assert.Equal((EndpointStatus.Paused, null), (paused.Status, paused.DisabledReason));
    }

    [Fact]
    public async Task AnotherTenant_SeesAndChangesNothing()
    {
        var webhook = (await _scene.CreateAsync()).Webhook;
        var stranger = await (await _scene.Portal.Given.TenantAsync()).AdminAsync();

        Assert.Equal(ErrorKind.NotFound, (await _scene.DoAsync<WebhookEndpointService, WebhookView>(w => w.GetAsync(webhook.Id, CancellationToken.None), stranger)).Error!.Kind);
        Assert.Equal(ErrorKind.NotFound, (await _scene.DoAsync<WebhookEndpointService, WebhookView>(w => w.DeleteAsync(webhook.Id, CancellationToken.None), stranger)).Error!.Kind);
        Assert.Equal(ErrorKind.NotFound, (await _scene.DoAsync<WebhookDeliveryService, WebhookDeliveryView>(l => l.TestAsync(webhook.Id, CancellationToken.None), stranger)).Error!.Kind);
        Assert.Empty(_scene.Receiver.Received);
    }

    [Fact]
    public async Task NameThatCannotBeLookedUpNow_IsNobodysFault_AndUsesUpNothing()
    {
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await using var portal = await PortalFactory.StartAsync(database.Connections, new PortalSettings { Services = services => services.AddSingleton<ResolveHost>(async (host, _) =>
        {
            if (host.EndsWith(".stalls.example", StringComparison.Ordinal))
                await answers.Task;
            return [IPAddress.Loopback];
        }) });
        var ada = await (await portal.Given.TenantAsync()).AdminAsync();
        var taken = Enumerable.Range(0, HostResolver.MaxOfTenant).Select(i => portal.Services.GetRequiredService<HostResolver>().ResolveAsync(ada.Tenant.Id, $"{i}.stalls.example", CancellationToken.None)).ToList();
        await using var scope = ada.Scope();
        await scope.Get<WebhookEndpointService>().CreateAsync(new NewWebhook { Url = "https://one.stalls.example/", Events = ["ticket.created"] }, CancellationToken.None);

        await ada.OpenTicketAsync("Anything");

        WebhookDeliveryView? delivery = null;
        await Until.TrueAsync("the attempt is recorded", async () =>
        {
            delivery = (await scope.Get<WebhookDeliveryService>().ListAsync(new WebhookDeliveryQuery(), CancellationToken.None)).Value.Items.SingleOrDefault();
            return delivery?.Attempts.Count == 1;
        });
        Assert.Equal((DeliveryStatus.Pending, AttemptOutcome.Interrupted), (delivery!.Status, delivery.Attempts[0].Outcome));
        answers.SetResult();
        await Task.WhenAll(taken);
    }

    // However the target came to be stored, every attempt and the test button look at it anew.
    [Fact]
    public async Task NameThatComesToLeadInside_IsRefusedByTheTestButton()
    {
        var address = IPAddress.Parse("93.184.215.14");
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await using var portal = await PortalFactory.StartAsync(database.Connections, new PortalSettings { Services = services => services.AddSingleton<ResolveHost>((_, _) => Task.FromResult<IPAddress[]>([address])) });
        var ada = await (await portal.Given.TenantAsync()).AdminAsync();
        await using var scope = ada.Scope();
        var made = (await scope.Get<WebhookEndpointService>().CreateAsync(new NewWebhook { Url = "https://rebinding.example/", Events = ["ticket.created"] }, CancellationToken.None)).Value;
        address = IPAddress.Loopback;

        var tested = (await scope.Get<WebhookDeliveryService>().TestAsync(made.Webhook.Id, CancellationToken.None)).Value;

        Assert.Equal("An address of rebinding.example is a loopback address; deliveries go to public addresses only.", Assert.Single(tested.Attempts).Error);
    }
}
