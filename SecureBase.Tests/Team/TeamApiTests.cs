using System.Net;
using System.Text;
using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Tests.Accounts;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Team;

/// <summary><c>/v1/team</c> over HTTP with a key.</summary>
public sealed class TeamApiTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Team = "/v1/team";

    [Fact]
    public async Task Invite_IsCreatedOnceByItsKey_ListedReadSentAgainAndRevoked()
    {
        var (acme, api) = await ProgramAsync();
        var email = $"lena@{acme.Slug}.test";
        var body = $$"""{"email":" {{email}} ","name":"Lena Brandt","role":"analyst"}""";
        using var created = await SendAsync(api, HttpMethod.Post, Team + "/invitations", body, ("Idempotency-Key", "one"));
        var text = await created.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        using var again = await SendAsync(api, HttpMethod.Post, Team + "/invitations", body, ("Idempotency-Key", "one"));
        Assert.Equal(text, await again.Content.ReadAsStringAsync());
        var token = await new Mailbox(email, fixture.Portal).TokenAsync();
        Assert.DoesNotContain(token, text, StringComparison.Ordinal);

        var invitation = await JsonAsync(created);
        var at = created.Headers.Location!.OriginalString;
        Assert.Equal($"{Team}/invitations/{invitation.GetProperty("id").GetGuid()}", at);
        Assert.Equal(("pending", "analyst", "a test"), (invitation.GetProperty("status").GetString(), invitation.GetProperty("role").GetString(), invitation.GetProperty("invited_by").GetProperty("name").GetString()));
        Assert.Equal(1, (await JsonAsync(await api.GetAsync(Team + "/invitations"))).GetProperty("items").GetArrayLength());

        using (var resent = await SendAsync(api, HttpMethod.Post, at + "/resend", null))
            Assert.Equal(2, (await JsonAsync(resent)).GetProperty("version").GetInt32());
        using (var revoked = await api.SendAsync(HttpMethod.Delete, at))
            Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal("revoked", (await JsonAsync(await api.GetAsync(at))).GetProperty("status").GetString());
        Assert.Equal("invitation_closed", (await Problem.ReadAsync(await api.SendAsync(HttpMethod.Delete, at), HttpStatusCode.Conflict)).Code);
    }

    /// <summary>The mail of an invitation is written while it is revoked.</summary>
    [Fact]
    public async Task Revoke_WhileTheMailIsWritten_WaitsAndSucceeds()
    {
        var (_, api) = await ProgramAsync();
        for (var round = 0; round < 10; round++)
            await Task.WhenAll(Enumerable.Range(0, 4).Select(i => SendAgainAndRevokeAsync($"guest{round}-{i}@elsewhere.test")));

        async Task SendAgainAndRevokeAsync(string email)
        {
            using var created = await SendAsync(api, HttpMethod.Post, Team + "/invitations", $$"""{"email":"{{email}}","role":"viewer"}""");
            var at = created.Headers.Location!.OriginalString;
            using var resent = await SendAsync(api, HttpMethod.Post, at + "/resend", null);
            using var revoked = await api.SendAsync(HttpMethod.Delete, at);
            Assert.True(revoked.StatusCode == HttpStatusCode.NoContent, $"{(int)revoked.StatusCode} {await revoked.Content.ReadAsStringAsync()}");
        }
    }

    [Theory]
    [InlineData("{}", "email", "role")]
    [InlineData("""{"email":"nobody","role":"analyst"}""", "email")]
    [InlineData("""{"email":"a@b.test","role":"agent"}""", "role")]
    [InlineData("""{"email":"a@b.test","role":"analyst","name":"two\nlines"}""", "name")]
    public async Task Invite_BrokenFields_AreNamed(string body, params string[] fields)
    {
        var (_, api) = await ProgramAsync();
        using var answer = await SendAsync(api, HttpMethod.Post, Team + "/invitations", body);
        Assert.Equal(fields, (await Problem.ReadAsync(answer, HttpStatusCode.UnprocessableEntity)).Errors.Keys.Order());
    }

    [Fact]
    public async Task Person_IsReadChangedByVersionDeactivatedAndReactivated()
    {
        var (acme, api) = await ProgramAsync();
        await acme.AdminAsync();
        var ben = await acme.PersonAsync(Roles.Viewer, name: "Ben Viewer");
        var path = $"{Team}/{ben.Id}";
        using var read = await api.GetAsync(path);
        Assert.Equal("\"1\"", read.Headers.ETag?.Tag);
        var person = await JsonAsync(read);
        Assert.Equal(("Ben Viewer", "viewer", "active", false, 0), (person.GetProperty("name").GetString(), person.GetProperty("role").GetString(), person.GetProperty("status").GetString(),
            person.GetProperty("second_factor").GetBoolean(), person.GetProperty("sessions").GetInt32()));

        await Problem.ReadAsync(await SendAsync(api, HttpMethod.Patch, path, """{"role":"analyst"}"""), HttpStatusCode.PreconditionRequired);
        using (var changed = await SendAsync(api, HttpMethod.Patch, path, """{"role":"analyst","name":"Benjamin"}""", ("If-Match", "\"1\"")))
            Assert.Equal(("Benjamin", "analyst", 3), ((await JsonAsync(changed)).GetProperty("name").GetString(), (await JsonAsync(changed)).GetProperty("role").GetString(), (await JsonAsync(changed)).GetProperty("version").GetInt32()));
        await Problem.ReadAsync(await SendAsync(api, HttpMethod.Patch, path, """{"role":"viewer"}""", ("If-Match", "\"1\"")), HttpStatusCode.PreconditionFailed);

        foreach (var (verb, status) in new[] { ("deactivate", "deactivated"), ("deactivate", "deactivated"), ("reactivate", "active"), ("unlock", "active") })
        {
            using var acted = await SendAsync(api, HttpMethod.Post, $"{path}/{verb}", null);
            Assert.Equal(status, (await JsonAsync(acted)).GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task List_PagesByCursor_AndFilters()
    {
        var (acme, api) = await ProgramAsync();
        for (var i = 0; i < 3; i++)
            await acme.PersonAsync(Roles.Viewer, name: $"Viewer {i}");
        await acme.AdminAsync();
        var names = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await JsonAsync(await api.GetAsync($"{Team}?limit=2&role=viewer{(cursor == "" ? "" : "&cursor=" + cursor)}"));
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(p => p.GetProperty("name").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
        }

        Assert.Equal(["Viewer 2", "Viewer 1", "Viewer 0"], names);
        await Problem.ReadAsync(await api.GetAsync(Team + "?status=gone"), HttpStatusCode.BadRequest);
        await Problem.ReadAsync(await api.GetAsync(Team + "?limit=0"), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task KeyWithoutTheScope_IsRefused()
    {
        var acme = await fixture.Given.TenantAsync();
        var api = fixture.Portal.Call((await acme.ApiKeyAsync("tickets:read")).Text);
        await Problem.ReadAsync(await api.GetAsync(Team), HttpStatusCode.Forbidden);
    }

    private async Task<(GivenTenant, Visitor)> ProgramAsync()
    {
        var acme = await fixture.Given.TenantAsync();
        return (acme, fixture.Portal.Call((await acme.ApiKeyAsync("team:manage")).Text));
    }

    private static Task<HttpResponseMessage> SendAsync(Visitor api, HttpMethod method, string path, string? body, params (string, string)[] headers) =>
        api.SendAsync(method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), headers);

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
