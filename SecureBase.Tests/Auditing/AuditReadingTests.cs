using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Auditing;
using SecureBase.Portal.Shared;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Auditing;

/// <summary>The log as people, staff and programs read it: by page, API and download.</summary>
public sealed class AuditReadingTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task Filters_EachTakeWhatTheySay_AndCombine()
    {
        var tenant = await fixture.Given.TenantAsync();
        var (admin, viewer) = (await tenant.PersonAsync(Roles.Admin, name: "Mara Lind"), await tenant.PersonAsync(Roles.Viewer, name: "Odd 100%_Name"));
        var ticket = await admin.OpenTicketAsync();
        await using (var forbidden = viewer.Scope())
            Assert.False((await forbidden.Get<TicketService>().CloseAsync(ticket.Id, CancellationToken.None)).IsSuccess);
        await using var scope = admin.Scope();
        var log = scope.Get<AuditLogService>();

        Assert.Equal(["ticket.created"], await ActionsAsync(log, new AuditFilter { SubjectId = ticket.Id, Outcome = AuditOutcome.Done }));
        Assert.All(await ListAsync(log, new AuditFilter { ActorId = admin.Id }), e => Assert.Equal(admin.Id, e.Actor.Id));
        Assert.Equal(viewer.Id, Assert.Single(await ListAsync(log, new AuditFilter { Outcome = AuditOutcome.Refused })).Actor.Id);
        Assert.All(await ListAsync(log, new AuditFilter { Action = "ticket." }), e => Assert.StartsWith("ticket.", e.Action, StringComparison.Ordinal));
        Assert.All(await ListAsync(log, new AuditFilter { ActorKind = ActorKind.System }), e => Assert.Equal("SecureBase", e.Actor.Name));
        Assert.NotEmpty(await ListAsync(log, new AuditFilter { Text = "mara l" }));
        Assert.Equal(viewer.Id, Assert.Single(await ListAsync(log, new AuditFilter { Text = "100%_N" })).Actor.Id);
        Assert.Empty(await ListAsync(log, new AuditFilter { Text = "%_nobody" }));
        Assert.Equal(["ticket.created"], await ActionsAsync(log, new AuditFilter { Text = ticket.Id.ToString(), Outcome = AuditOutcome.Done }));
        Assert.Empty(await ListAsync(log, new AuditFilter { To = DateTimeOffset.UnixEpoch }));
        Assert.Empty(await ListAsync(log, new AuditFilter { ActorId = admin.Id, Outcome = AuditOutcome.Refused }));
        Assert.Contains((await log.FacetsAsync(DateTimeOffset.UnixEpoch, CancellationToken.None)).Value.Actors, a => a.Id == viewer.Id);
    }

    [Fact]
    public async Task Cursors_WalkThroughEverythingOnce()
    {
        var ledger = await Ledger.OpenAsync(fixture);
        // Many of one instant, so that ids decide.
        await ledger.WriteAsync(230, "'2026-11-20 12:00:00+00'::timestamptz + (n / 100) * interval '1 second'");
        await using var scope = (await ledger.Tenant.AdminAsync()).Scope();
        var log = scope.Get<AuditLogService>();
        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = (await log.ListAsync(new AuditFilter { Action = "test.written" }, cursor, 40, CancellationToken.None)).Value;
            seen.AddRange(page.Items.Select(e => e.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        // Those of the operator alone are not among them.
        Assert.Equal(230 - (230 / 7), seen.Count);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        var exported = new List<Guid>();
        await foreach (var entry in (await log.ExportAsync(new AuditFilter { Action = "test.written" }, "csv", CancellationToken.None)).Value)
            exported.Add(entry.Id);
        Assert.Equal(seen, exported);
    }

    [Theory]
    [InlineData(Roles.Admin, true)]
    [InlineData(Roles.Manager, true)]
    [InlineData(Roles.Analyst, false)]
    [InlineData(Roles.Viewer, false)]
    public async Task Customers_ReadTheirLogByRole_AndARefusalIsInIt(string role, bool may)
    {
        var tenant = await fixture.Given.TenantAsync();
        var person = await tenant.PersonAsync(role);
        using var browser = await person.SignInAsync();
        using var page = await browser.GetAsync("/audit");
        using var export = await browser.GetAsync("/audit/export?format=jsonl");
        Assert.Equal(may, page.StatusCode == HttpStatusCode.OK && (await page.Content.ReadAsStringAsync()).Contains("signed in", StringComparison.Ordinal));
        Assert.Equal(may, export.StatusCode == HttpStatusCode.OK);
        await using var scope = person.Scope();
        Assert.Equal(may, (await scope.Get<AuditLogService>().ListAsync(new AuditFilter(), null, 10, CancellationToken.None)).IsSuccess);
        Assert.Equal(may, (await scope.Get<AuditVerificationService>().VerifyAsync(null, CancellationToken.None)).IsSuccess);

        await using var admin = (await tenant.AdminAsync()).Scope();
        var refused = (await admin.Get<AuditLogService>().ListAsync(new AuditFilter { ActorId = person.Id, Outcome = AuditOutcome.Refused }, null, 50, CancellationToken.None)).Value.Items;
        Assert.Equal(!may, refused.Any(e => e.Action == "audit.verified"));
    }

    [Fact]
    public async Task Staff_ReadTheirOwnLogAndACustomers_WhichTellsOfIt()
    {
        var tenant = await fixture.Given.TenantAsync();
        var admin = await tenant.AdminAsync();
        await admin.OpenTicketAsync("Something only this organisation has");
        var provider = await fixture.Given.OperatorAsync();
        using var lead = await (await provider.PersonAsync(Roles.Lead, name: "Priya Lead")).SignInAsync();

        var own = await (await lead.GetAsync("/audit")).Content.ReadAsStringAsync();
        Assert.DoesNotContain(admin.Name, own, StringComparison.Ordinal);
        var theirs = await (await lead.GetAsync($"/audit?tenant={tenant.Slug}")).Content.ReadAsStringAsync();
        Assert.Contains(admin.Name, theirs, StringComparison.Ordinal);

        await using var scope = admin.Scope();
        Assert.Contains(await ListAsync(scope.Get<AuditLogService>(), new AuditFilter { Text = "Priya" }), e => e.Action == StaffAccess.Entered);

        using var agent = await (await provider.PersonAsync(Roles.Agent)).SignInAsync();
        using var refused = await agent.GetAsync($"/audit?tenant={tenant.Slug}");
        Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);

        // A customer who names another tenant sees its own.
        using var customer = await (await (await fixture.Given.TenantAsync()).AdminAsync()).SignInAsync();
        Assert.DoesNotContain(admin.Name, await (await customer.GetAsync($"/audit?tenant={tenant.Slug}")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(admin.Name, await (await customer.GetAsync($"/audit/export?tenant={tenant.Slug}")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Download_IsAFileThatNoBrowserShowsAndNoSpreadsheetRuns()
    {
        var tenant = await fixture.Given.TenantAsync();
        var admin = await tenant.PersonAsync(Roles.Admin, name: "=HYPERLINK(\"http://evil.test\")");
        using var browser = await admin.SignInAsync();
        using var answer = await browser.GetAsync("/audit/export?format=csv&period=today");
        Assert.Equal("text/csv", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("\"'=HYPERLINK(\"\"http://evil.test\"\")\"", text, StringComparison.Ordinal);
        Assert.All(text.Trim('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..], line => Assert.StartsWith("\"2", line, StringComparison.Ordinal));

        using var lines = await browser.GetAsync("/audit/export?format=jsonl&action=session.started");
        foreach (var line in (await lines.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Equal("session.started", JsonDocument.Parse(line).RootElement.GetProperty("action").GetString());
    }

    [Theory]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData(" \t+1", "\"' \t+1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("-2", "\"'-2\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("a \"b\", c", "\"a \"\"b\"\", c\"")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Fields_NeverBeginAFormula(string? text, string field) => Assert.Equal(field, CsvText.Field(text));

    [Fact]
    public async Task Api_ListsAndReads_WithTheScope()
    {
        var tenant = await fixture.Given.TenantAsync();
        var ticket = await (await tenant.AdminAsync()).OpenTicketAsync();
        using var program = fixture.Portal.Call((await tenant.ApiKeyAsync("audit:read")).Text);
        var page = await program.GetAsync($"/v1/audit?subject={ticket.Id}&limit=1").ReadAsync<JsonElement>();
        var entry = page.GetProperty("items")[0];
        Assert.Equal("ticket.created", entry.GetProperty("action").GetString());
        Assert.Equal("customer", entry.GetProperty("actor").GetProperty("kind").GetString());
        Assert.True(page.TryGetProperty("next_cursor", out _));
        var read = await program.GetAsync($"/v1/audit/{entry.GetProperty("id").GetString()}").ReadAsync<JsonElement>();
        Assert.Equal(ticket.Id.ToString(), read.GetProperty("subject").GetProperty("id").GetString());

        foreach (var query in new[] { "limit=0", "limit=101", "cursor=x", "from=yesterday", "actor=me", "outcome=maybe", "actor_kind=robot" })
        {
            using var bad = await program.GetAsync("/v1/audit?" + query);
            Assert.True(bad.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, query);
        }
        using var unknown = await program.GetAsync($"/v1/audit/{Guid.CreateVersion7()}");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var without = fixture.Portal.Call((await tenant.ApiKeyAsync("tickets:read")).Text);
        using var refused = await without.GetAsync("/v1/audit");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public void State_IsItsAddress()
    {
        var state = new AuditState { Tenant = "acme", Period = AuditPeriod.Year, Actor = Guid.CreateVersion7(), Kind = ActorKind.Agent, Action = "ticket.", SubjectKind = "ticket", Subject = Guid.CreateVersion7(), Outcome = AuditOutcome.Refused, Text = "a b&c", Cursor = "x", Entry = Guid.CreateVersion7() };
        Assert.Equal(state, Parsed(state.Url));
        var days = new AuditState { From = new DateOnly(2026, 11, 1), To = new DateOnly(2026, 11, 30) };
        Assert.Equal(days, Parsed(days.Url));
        Assert.Equal(new AuditState(), Parsed("/audit?period=never&actor=me&from=soon&outcome=maybe"));
        Assert.Equal("/audit", new AuditState().Url);

        static AuditState Parsed(string url) => AuditState.Parse(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(new Uri("http://localhost"), url).Query).ToDictionary(q => q.Key, q => (string?)q.Value.ToString()));
    }

    private static async Task<IReadOnlyList<AuditEntryView>> ListAsync(AuditLogService log, AuditFilter filter) => (await log.ListAsync(filter, null, 100, CancellationToken.None)).Value.Items;

    private static async Task<IEnumerable<string>> ActionsAsync(AuditLogService log, AuditFilter filter) => (await ListAsync(log, filter)).Select(e => e.Action);
}

internal static class JsonAnswers
{
    /// <summary>The body of a successful answer.</summary>
    public static async Task<T> ReadAsync<T>(this Task<HttpResponseMessage> sending)
    {
        using var answer = await sending;
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }
}
