using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Tenants;

/// <summary><c>/v1/admin/tenants</c> with the operator's keys and with everybody else's.</summary>
public sealed class TenantApiTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Route = "/v1/admin/tenants";

    [Fact]
    public async Task Tenant_IsCreated_ReadAndListed()
    {
        using var staff = await StaffAsync();
        var slug = NewSlug();
        using var created = await staff.PostJsonAsync(Route, new { slug, name = "Northwind", plan = "fintech", time_zone = "Europe/Berlin", admin_email = $"nora@{slug}.test", admin_name = "Nora" });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal($"{Route}/{slug}", created.Headers.Location?.OriginalString);
        Assert.Equal("\"1\"", created.Headers.ETag?.Tag);
        var tenant = await ReadAsync(created);
        Assert.Equal(("active", "fintech", 15), (tenant.GetProperty("status").GetString(), tenant.GetProperty("plan").GetString(), tenant.GetProperty("limits").GetProperty("users").GetInt32()));

        using var read = await staff.GetAsync($"{Route}/{slug}");
        Assert.Equal(tenant.GetRawText(), (await ReadAsync(read)).GetRawText());
        using var known = await staff.SendAsync(HttpMethod.Get, $"{Route}/{slug}", null, ("If-None-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        var listed = (await ReadAsync(await staff.GetAsync($"{Route}?q={slug}&plan=fintech&status=active"))).GetProperty("items").EnumerateArray().Single();
        Assert.Equal((slug, 0, 0), (listed.GetProperty("slug").GetString(), listed.GetProperty("open_tickets").GetInt32(), listed.GetProperty("undelivered").GetInt32()));
    }

    [Fact]
    public async Task Create_WithTheSameIdempotencyKey_IsCarriedOutOnce()
    {
        using var staff = await StaffAsync();
        var body = new { slug = NewSlug(), name = "Once", admin_email = "once@example.test" };
        using var first = await staff.SendAsync(HttpMethod.Post, Route, JsonContent.Create(body), ("Idempotency-Key", "create-1"));
        using var second = await staff.SendAsync(HttpMethod.Post, Route, JsonContent.Create(body), ("Idempotency-Key", "create-1"));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        using var third = await staff.PostJsonAsync(Route, body);
        Assert.Equal(HttpStatusCode.Conflict, third.StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"No slug","admin_email":"a@b.test"}""", "slug")]
    [InlineData("""{"slug":"admin","name":"Reserved","admin_email":"a@b.test"}""", "slug")]
    [InlineData("""{"slug":"no-admin-here","name":"Nobody"}""", "admin_email")]
    [InlineData("""{"slug":"zone-of-mars","name":"Mars","time_zone":"Mars/Olympus","admin_email":"a@b.test"}""", "time_zone")]
    public async Task Create_WhatBreaksARule_Is422_AndMakesNothing(string body, string field)
    {
        using var staff = await StaffAsync();
        using var answer = await staff.SendAsync(HttpMethod.Post, Route, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True((await ReadAsync(answer)).GetProperty("errors").TryGetProperty(field, out _), await answer.Content.ReadAsStringAsync());
        Assert.Equal(0L, await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, "select count(*) from tenants where slug in ('no-admin-here', 'zone-of-mars')"));
    }

    [Fact]
    public async Task Patch_NeedsTheVersion_AndChangesOnce()
    {
        var acme = await fixture.Given.TenantAsync();
        using var staff = await StaffAsync();
        var path = $"{Route}/{acme.Slug}";
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await PatchAsync(staff, path, new { plan = "standard" })).StatusCode);
        using var patched = await PatchAsync(staff, path, new { plan = "standard", quotas = new { users = 9 } }, "\"1\"");
        var tenant = await ReadAsync(patched);
        Assert.Equal((9, 1_000, 5), (tenant.GetProperty("limits").GetProperty("users").GetInt32(), tenant.GetProperty("limits").GetProperty("api_requests_per_hour").GetInt32(), tenant.GetProperty("limits").GetProperty("tickets_per_month").GetInt32()));
        Assert.Equal("\"2\"", patched.Headers.ETag?.Tag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await PatchAsync(staff, path, new { name = "Late" }, "\"1\"")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PatchAsync(staff, path, new { accent = "red" }, "*")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PatchAsync(staff, $"{Route}/no-such-tenant", new { name = "X" }, "*")).StatusCode);
    }

    [Fact]
    public async Task SuspendAndResume_CloseAndOpenTheTenantsApi()
    {
        var acme = await fixture.Given.TenantAsync();
        using var program = fixture.Portal.Call((await acme.ApiKeyAsync("tickets:read")).Text);
        using var staff = await StaffAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await staff.PostJsonAsync($"{Route}/{acme.Slug}/suspend", new { reason = "" })).StatusCode);
        using var suspended = await staff.PostJsonAsync($"{Route}/{acme.Slug}/suspend", new { reason = "Unpaid since March" });
        Assert.Equal(("suspended", "Unpaid since March"), ((await ReadAsync(suspended)).GetProperty("status").GetString(), (await ReadAsync(suspended)).GetProperty("suspended_reason").GetString()));
        Assert.Equal(HttpStatusCode.Forbidden, (await program.GetAsync("/v1/support/tickets")).StatusCode);
        using var resumed = await staff.SendAsync(HttpMethod.Post, $"{Route}/{acme.Slug}/resume");
        Assert.Equal("active", (await ReadAsync(resumed)).GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/v1/support/tickets")).StatusCode);
    }

    [Fact]
    public async Task Pages_FollowEachOther_WithoutAGapOrADouble()
    {
        for (var i = 0; i < 4; i++)
            await fixture.Given.TenantAsync();
        using var staff = await StaffAsync();
        List<string> seen = [];
        string? cursor = null;
        do
        {
            var page = await ReadAsync(await staff.GetAsync($"{Route}?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}"));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(t => t.GetProperty("slug").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(Convert.ToInt32(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, "select count(*) from tenants where kind = 'customer'"), System.Globalization.CultureInfo.InvariantCulture), seen.Count);
        Assert.Equal(HttpStatusCode.BadRequest, (await staff.GetAsync($"{Route}?cursor=nonsense")).StatusCode);
    }

    [Fact]
    public async Task OtherKeys_AreRefused_WhateverTheyAskFor()
    {
        var acme = await fixture.Given.TenantAsync();
        using var customer = fixture.Portal.Call((await acme.ApiKeyAsync([.. Core.Access.ApiScopes.Tenant])).Text);
        using var support = fixture.Portal.Call((await (await fixture.Given.OperatorAsync()).ApiKeyAsync("staff:support")).Text);
        foreach (var caller in new[] { customer, support })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await caller.GetAsync(Route)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await caller.GetAsync($"{Route}/{acme.Slug}")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await caller.PostJsonAsync(Route, new { slug = NewSlug(), name = "X", admin_email = "a@b.test" })).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await caller.PostJsonAsync($"{Route}/{acme.Slug}/suspend", new { reason = "No right to" })).StatusCode);
        }
    }

    private async Task<Visitor> StaffAsync() => fixture.Portal.Call((await (await fixture.Given.OperatorAsync()).ApiKeyAsync("staff:tenants")).Text);

    private static Task<HttpResponseMessage> PatchAsync<T>(Visitor caller, string path, T body, string? version = null) =>
        caller.SendAsync(HttpMethod.Patch, path, JsonContent.Create(body), version is null ? [] : [("If-Match", version)]);

    private static string NewSlug() => "org-" + Guid.CreateVersion7().ToString("N")[^12..];

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
}
