using System.Net;
using System.Text;
using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support;

/// <summary>How far the operator's keys reach, who else reaches the desk, and what a customer learns of what staff do there.</summary>
public sealed class StaffSupportRefusalTests(PortalFixture fixture) : IClassFixture<PortalFixture>, IAsyncLifetime
{
    private const string Desk = "/v1/admin/support";

    private GivenTenant _acme = null!;
    private GivenPerson _ada = null!;
    private string _staffKey = "";
    private string _acmeKey = "";

    public async Task InitializeAsync()
    {
        _acme = await fixture.Given.TenantAsync();
        _ada = await _acme.AdminAsync();
        _staffKey = (await (await fixture.Given.OperatorAsync()).ApiKeyAsync("staff:support")).Text;
        _acmeKey = (await _acme.ApiKeyAsync("tickets:read", "tickets:write", "audit:read")).Text;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task AStaffKey_OpensNothingAtATenantsHost_AndNoRouteOfTenantsAnywhere()
    {
        var ticket = await _ada.OpenTicketAsync();
        using (var atAcme = fixture.Portal.Call(_staffKey, _acme.Slug))
        {
            foreach (var path in new[] { $"{Desk}/tickets", $"{Desk}/tickets/{_acme.Slug}/{ticket.Id}", $"/v1/support/tickets/{ticket.Id}" })
                Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(atAcme, HttpMethod.Get, path));
        }
        // What the key may do inside a tenant it entered, it may not do outside.
        foreach (var host in new[] { TenantSlug.Api, TenantSlug.Operator })
        {
            using var outside = fixture.Portal.Call(_staffKey, host);
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(outside, HttpMethod.Get, $"/v1/support/tickets/{ticket.Id}"));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(outside, HttpMethod.Post, $"/v1/support/tickets/{ticket.Id}/comments", """{"body":"Hello"}"""));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(outside, HttpMethod.Get, $"/v1/admin/tenants/{_acme.Slug}"));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(outside, HttpMethod.Get, $"{Desk}/tickets/{_acme.Slug}/{ticket.Id}"));
        }
    }

    [Fact]
    public async Task ATicket_IsReachedUnderItsOwnTenantAlone_AndTheOperatorIsNone()
    {
        var (ticket, other) = (await _ada.OpenTicketAsync(), await fixture.Given.TenantAsync());
        var theirs = await (await other.AdminAsync()).OpenTicketAsync();
        using var staff = fixture.Portal.Call(_staffKey);
        foreach (var tenant in new[] { other.Slug, TenantSlug.Operator, _acme.Slug.ToUpperInvariant(), "a%20b", "nowhere" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(staff, HttpMethod.Get, $"{Desk}/tickets/{tenant}/{ticket.Id}"));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(staff, HttpMethod.Get, $"{Desk}/tickets/{tenant}/{ticket.Id}/notes"));
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(staff, HttpMethod.Post, $"{Desk}/tickets/{tenant}/{ticket.Id}/notes", """{"body":"Lost"}"""));
        }
        // A ticket of another tenant cannot be named as the one that carries on, nor be linked to.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await StatusAsync(staff, HttpMethod.Post, $"{Desk}/tickets/{_acme.Slug}/{ticket.Id}/merge", $$"""{"into":"{{theirs.Number}}"}"""));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await StatusAsync(staff, HttpMethod.Post, $"{Desk}/tickets/{_acme.Slug}/{ticket.Id}/links", $$"""{"number":"{{theirs.Number}}"}"""));
        Assert.Equal(0L, await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select count(*) from internal_notes where ticket_id = '{ticket.Id}'"));
    }

    [Fact]
    public async Task ASuspendedTenant_IsShutOut_AndStaffGoOn()
    {
        var ticket = await _ada.OpenTicketAsync();
        await _acme.SuspendAsync();
        using var customer = fixture.Portal.Call(_acmeKey);
        await Until.TrueAsync("the tenant's key is refused", async () => await StatusAsync(customer, HttpMethod.Get, $"/v1/support/tickets/{ticket.Id}") == HttpStatusCode.Forbidden);
        using var staff = fixture.Portal.Call(_staffKey);
        Assert.Equal(HttpStatusCode.Created, await StatusAsync(staff, HttpMethod.Post, $"{Desk}/tickets/{_acme.Slug}/{ticket.Id}/comments", """{"body":"Your account is on hold."}"""));
    }

    [Fact]
    public async Task ANote_LeavesNothingThatItsCustomerCouldRead()
    {
        const string secret = "quicksilver-7";
        var ticket = await _ada.OpenTicketAsync();
        var address = $"{Desk}/tickets/{_acme.Slug}/{ticket.Id}";
        using var staff = fixture.Portal.Call(_staffKey);
        using var customer = fixture.Portal.Call(_acmeKey);
        var before = await TextAsync(customer, $"/v1/support/tickets/{ticket.Id}");
        var body = $$"""{"body":"They do not know about {{secret}}."}""";
        var written = await SendAsync(staff, HttpMethod.Post, $"{address}/notes", body, ("Idempotency-Key", "note-once"));
        var again = await SendAsync(staff, HttpMethod.Post, $"{address}/notes", body, ("Idempotency-Key", "note-once"));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created, written.Body), (written.Status, again.Status, again.Body));
        Assert.Contains(secret, await TextAsync(staff, $"{address}/notes"), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, await TextAsync(staff, $"{address}/comments"), StringComparison.Ordinal);

        Assert.Equal(before, await TextAsync(customer, $"/v1/support/tickets/{ticket.Id}"));
        foreach (var path in new[] { $"/v1/support/tickets/{ticket.Id}/comments", $"/v1/support/tickets?q={secret}", "/v1/audit?limit=100" })
        {
            var read = await TextAsync(customer, path);
            Assert.DoesNotContain("quicksilver", read, StringComparison.Ordinal);
            Assert.DoesNotContain("noted", read, StringComparison.Ordinal);
        }
        foreach (var path in new[] { $"{address}/notes", $"{Desk}/tickets?q={secret}" })
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(customer, HttpMethod.Get, path, null)).Status);
        // The key of the staff's request, tried by the customer on the nearest route of theirs, answers nothing of it.
        var tried = await SendAsync(customer, HttpMethod.Post, $"/v1/support/tickets/{ticket.Id}/comments", body.Replace(secret, "something", StringComparison.Ordinal), ("Idempotency-Key", "note-once"));
        Assert.Equal(HttpStatusCode.Created, tried.Status);
        Assert.Equal(0L, await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, $"select count(*) from idempotent_requests where tenant_id = '{_acme.Id}' and result::text like '%{secret}%'"));
    }

    [Fact]
    public async Task WhatStandsOnATicket_IsReadByStaff_AsTheCustomerReadsIt()
    {
        var ticket = await _ada.OpenTicketAsync();
        var address = $"{Desk}/tickets/{_acme.Slug}/{ticket.Id}";
        using var staff = fixture.Portal.Call(_staffKey);
        using var customer = fixture.Portal.Call(_acmeKey);
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(customer, HttpMethod.Post, $"/v1/support/tickets/{ticket.Id}/comments", """{"body":"It is worse now."}""")).Status);
        var attached = await customer.SendAsync(HttpMethod.Post, $"/v1/support/tickets/{ticket.Id}/attachments?filename=log.txt", new ByteArrayContent("all is well"u8.ToArray()));
        var file = JsonSerializer.Deserialize<JsonElement>(await attached.Content.ReadAsStringAsync()).GetProperty("id").GetString();
        foreach (var part in new[] { "comments", "attachments" })
        {
            var read = await TextAsync(staff, $"{address}/{part}");
            Assert.Equal(await TextAsync(customer, $"/v1/support/tickets/{ticket.Id}/{part}"), read);
            Assert.Single(JsonSerializer.Deserialize<JsonElement>(read).GetProperty("items").EnumerateArray());
            Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(staff, HttpMethod.Get, $"{address}/{part}?limit=0"));
        }
        Assert.Equal("all is well", await TextAsync(staff, $"{address}/attachments/{file}/content"));
        Assert.Equal("first_response", JsonSerializer.Deserialize<JsonElement>(await TextAsync(staff, $"{address}/sla")).GetProperty("clocks")[0].GetProperty("metric").GetString());
    }

    private static async Task<HttpStatusCode> StatusAsync(Visitor caller, HttpMethod method, string path, string? body = null) => (await SendAsync(caller, method, path, body)).Status;

    private static async Task<string> TextAsync(Visitor caller, string path)
    {
        var (status, text) = await SendAsync(caller, HttpMethod.Get, path, null);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {(int)status}: {text}");
        return text;
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(Visitor caller, HttpMethod method, string path, string? body, params (string, string)[] headers)
    {
        using var answer = await caller.SendAsync(method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), headers);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
