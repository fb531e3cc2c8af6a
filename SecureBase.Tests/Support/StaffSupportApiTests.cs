using System.Net;
using System.Text;
using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Teams;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support;

/// <summary>The support desk by the operator's keys: what the pages do, under <c>/v1/admin/support</c>.</summary>
public sealed class StaffSupportApiTests(PortalFixture fixture) : IClassFixture<PortalFixture>, IAsyncLifetime
{
    private const string Desk = "/v1/admin/support";

    private GivenTenant _acme = null!;
    private GivenPerson _ada = null!;
    private Visitor _staff = null!;

    public async Task InitializeAsync()
    {
        _acme = await fixture.Given.TenantAsync();
        _ada = await _acme.AdminAsync();
        _staff = fixture.Portal.Call((await (await fixture.Given.OperatorAsync()).ApiKeyAsync("staff:support")).Text);
    }

    public Task DisposeAsync()
    {
        _staff.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Queue_IsFiltered_AndReadToItsEndByCursor_OrByPageWithATotal()
    {
        foreach (var subject in new[] { "First", "Second", "Third" })
            await _ada.OpenTicketAsync(subject, priority: TicketPriority.High);
        await _ada.OpenTicketAsync("Low", priority: TicketPriority.Low);
        var list = $"{Desk}/tickets?tenant={_acme.Slug}&priority=high";
        var page = await GetAsync($"{list}&limit=2");
        Assert.Equal(["Third", "Second"], Subjects(page));
        Assert.Equal(_acme.Slug, page.GetProperty("items")[0].GetProperty("tenant_slug").GetString());
        var rest = await GetAsync($"{list}&limit=2&cursor={page.GetProperty("next_cursor").GetString()}");
        Assert.Equal(["First"], Subjects(rest));
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next_cursor").ValueKind);

        var waiting = await GetAsync($"{list}&sort=waiting&needs_reply=true&limit=2&page=2");
        Assert.Equal(["Third"], Subjects(waiting));
        Assert.Equal(3, waiting.GetProperty("total").GetInt32());
        Assert.Equal(["Low"], Subjects(await GetAsync($"{Desk}/tickets?tenant={_acme.Slug}&q=priority:low")));
        using var wrong = await _staff.GetAsync($"{Desk}/tickets?sort=sideways&needs_reply=perhaps");
        Assert.Equal(["needs_reply", "sort"], (await Problem.ReadAsync(wrong, HttpStatusCode.BadRequest)).Errors.Keys.Order());
    }

    [Fact]
    public async Task Ticket_IsAssignedAnsweredAndNoted_WithTheStaffsScopeAlone()
    {
        var priya = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent, name: "Priya");
        var ticket = await _ada.OpenTicketAsync();
        var address = $"{Desk}/tickets/{_acme.Slug}/{ticket.Id}";
        using var read = await _staff.GetAsync(address);
        Assert.Equal("\"1\"", read.Headers.ETag!.Tag);
        using var blind = await SendAsync(HttpMethod.Patch, address, "{}");
        await Problem.ReadAsync(blind, HttpStatusCode.PreconditionRequired);

        var team = await TeamAsync("Network");
        using var edited = await SendAsync(HttpMethod.Patch, address, $$"""{"assignee_id":"{{priya.Id}}","team_id":"{{team.Id}}","priority":"critical","tags":["vpn"]}""", ("If-Match", "\"1\""));
        var now = await JsonAsync(edited);
        Assert.Equal(("Priya", team.Name, "critical"), (now.GetProperty("assignee").GetProperty("name").GetString(), now.GetProperty("team").GetProperty("name").GetString(), now.GetProperty("priority").GetString()));
        using var stale = await SendAsync(HttpMethod.Patch, address, """{"priority":"low"}""", ("If-Match", "\"1\""));
        await Problem.ReadAsync(stale, HttpStatusCode.PreconditionFailed);
        Assert.Equal([ticket.Id.ToString()], (await GetAsync($"{Desk}/tickets?tenant={_acme.Slug}&team={team.Id}")).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("ticket").GetProperty("id").GetString()));

        using var reply = await SendAsync(HttpMethod.Post, $"{address}/comments", """{"body":"Which one?","status":"waiting-customer"}""", ("Idempotency-Key", "reply-once"));
        using var again = await SendAsync(HttpMethod.Post, $"{address}/comments", """{"body":"Which one?","status":"waiting-customer"}""", ("Idempotency-Key", "reply-once"));
        Assert.Equal((await JsonAsync(reply, HttpStatusCode.Created)).GetProperty("id").GetString(), (await JsonAsync(again, HttpStatusCode.Created)).GetProperty("id").GetString());
        using var note = await SendAsync(HttpMethod.Post, $"{address}/notes", """{"body":" Known since Monday. "}""");
        Assert.Equal("Known since Monday.", (await JsonAsync(note, HttpStatusCode.Created)).GetProperty("body").GetString());
        Assert.Equal(["Known since Monday."], (await GetAsync($"{address}/notes")).GetProperty("items").EnumerateArray().Select(n => n.GetProperty("body").GetString()));

        await using var customer = _ada.Scope();
        var comments = (await customer.Get<TicketService>().CommentsAsync(ticket.Id, 10, null, CancellationToken.None)).Value.Items;
        Assert.Equal(("Which one?", Core.Tenancy.ActorKind.Agent), (Assert.Single(comments).Body, comments[0].Author.Kind));
        Assert.Equal(TicketStatus.WaitingCustomer, (await customer.Get<TicketService>().GetAsync(ticket.Id, CancellationToken.None)).Value.Status);
    }

    [Fact]
    public async Task Tickets_AreLinkedMergedAndSplit_AndBack()
    {
        var (one, two) = (await _ada.OpenTicketAsync("One", "The bill is wrong too."), await _ada.OpenTicketAsync("Two"));
        var address = $"{Desk}/tickets/{_acme.Slug}/{one.Id}";
        Assert.Equal(one.Number, (await PostAsync($"{address}/links", $$"""{"number":"{{two.Number}}"}""")).GetProperty("number").GetString());
        var related = Assert.Single((await GetAsync($"{address}/related")).GetProperty("items").EnumerateArray());
        Assert.Equal(two.Number, related.GetProperty("ticket").GetProperty("number").GetString());
        using (var unlinked = await _staff.SendAsync(HttpMethod.Delete, $"{address}/links/{related.GetProperty("link_id").GetString()}"))
            Assert.Equal(HttpStatusCode.NoContent, unlinked.StatusCode);
        Assert.Empty((await GetAsync($"{address}/related")).GetProperty("items").EnumerateArray());

        Assert.Equal(two.Number, (await PostAsync($"{address}/merge", $$"""{"into":"{{two.Number}}"}""")).GetProperty("number").GetString());
        Assert.Equal(("closed", two.Number), await GetAsync(address) is var stub ? (stub.GetProperty("status").GetString(), stub.GetProperty("merged_into").GetString()) : default);
        Assert.Equal("open", (await PostAsync($"{address}/unmerge", null)).GetProperty("status").GetString());
        using var nowhere = await SendAsync(HttpMethod.Post, $"{address}/merge", """{"into":"NONE-1"}""");
        Assert.Equal(["into"], (await Problem.ReadAsync(nowhere, HttpStatusCode.UnprocessableEntity)).Errors.Keys);

        using var split = await SendAsync(HttpMethod.Post, $"{address}/split", """{"subject":"The bill"}""");
        var part = await JsonAsync(split, HttpStatusCode.Created);
        Assert.Equal("The bill is wrong too.", part.GetProperty("description").GetString());
        Assert.Equal("The bill", (await GetAsync(split.Headers.Location!.ToString())).GetProperty("subject").GetString());
    }

    [Fact]
    public async Task Bulk_SaysWhatBecameOfEach_AndHowToTakeItBack()
    {
        var (mine, gone) = (await _ada.OpenTicketAsync(priority: TicketPriority.Low), Guid.CreateVersion7());
        var answer = await PostAsync($"{Desk}/tickets/bulk", $$"""{"tickets":[{"tenant":"{{_acme.Slug}}","id":"{{mine.Id}}"},{"tenant":"{{_acme.Slug}}","id":"{{gone}}"}],"change":{"priority":"high","add_tags":["vpn"]} }""");
        var outcomes = answer.GetProperty("outcomes").EnumerateArray().ToList();
        Assert.Equal([true, false], outcomes.Select(o => o.GetProperty("changed").GetBoolean()));
        Assert.Equal("not_found", outcomes[1].GetProperty("code").GetString());
        using var undone = await SendAsync(HttpMethod.Patch, $"{Desk}/tickets/{_acme.Slug}/{mine.Id}", outcomes[0].GetProperty("undo").GetRawText(), ("If-Match", $"\"{outcomes[0].GetProperty("version").GetInt32()}\""));
        var back = await JsonAsync(undone);
        Assert.Equal(("low", 0), (back.GetProperty("priority").GetString(), back.GetProperty("tags").GetArrayLength()));
        using var empty = await SendAsync(HttpMethod.Post, $"{Desk}/tickets/bulk", "{}");
        Assert.Equal(["tickets"], (await Problem.ReadAsync(empty, HttpStatusCode.UnprocessableEntity)).Errors.Keys);
    }

    [Theory]
    [InlineData("macros", """{"name":"NAME","body":"Hello {{requester.first_name}}"}""", "macro")]
    [InlineData("views", """{"name":"NAME","filter":"view=all"}""", "view")]
    [InlineData("teams", """{"name":"NAME","purpose":"Peering"}""", "team")]
    public async Task WhatStaffKeep_IsMadeListedReplacedAndDeleted(string what, string body, string word)
    {
        var name = $"{word} {Guid.CreateVersion7().ToString("N")[^10..]}";
        body = body.Replace("NAME", name, StringComparison.Ordinal);
        using var created = await SendAsync(HttpMethod.Post, $"{Desk}/{what}", body);
        var id = (await JsonAsync(created, HttpStatusCode.Created)).GetProperty("id").GetString();
        Assert.Equal("\"1\"", created.Headers.ETag!.Tag);
        Assert.Contains(name, Names(await GetAsync($"{Desk}/{what}")));
        using var taken = await SendAsync(HttpMethod.Post, $"{Desk}/{what}", body);
        Assert.Equal(["name"], (await Problem.ReadAsync(taken, HttpStatusCode.UnprocessableEntity)).Errors.Keys);

        var renamed = body.Replace(name, name + " 2", StringComparison.Ordinal);
        using var replaced = await SendAsync(HttpMethod.Put, $"{Desk}/{what}/{id}", renamed, ("If-Match", "\"1\""));
        Assert.Equal((name + " 2", 2), await JsonAsync(replaced) is var now ? (now.GetProperty("name").GetString(), now.GetProperty("version").GetInt32()) : default);
        using var stale = await SendAsync(HttpMethod.Put, $"{Desk}/{what}/{id}", renamed, ("If-Match", "\"1\""));
        await Problem.ReadAsync(stale, HttpStatusCode.PreconditionFailed);
        using var any = await SendAsync(HttpMethod.Put, $"{Desk}/{what}/{id}", renamed, ("If-Match", "*"));
        Assert.Equal(HttpStatusCode.OK, any.StatusCode);
        using var deleted = await _staff.SendAsync(HttpMethod.Delete, $"{Desk}/{what}/{id}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await _staff.SendAsync(HttpMethod.Delete, $"{Desk}/{what}/{id}");
        await Problem.ReadAsync(gone, HttpStatusCode.NotFound);
        Assert.DoesNotContain(name + " 2", Names(await GetAsync($"{Desk}/{what}")));
    }

    [Theory]
    [InlineData("tickets/bulk", """{"tickets":[null]}""")]
    [InlineData("tickets/bulk", """{"tickets":[{"tenant":"acme"}]}""")]
    [InlineData("tickets/bulk", """{"tickets":null,"change":null}""")]
    [InlineData("macros", """{"name":"\ud800","body":"x"}""")]
    [InlineData("macros", """{"name":"a\u0000b","body":"x"}""")]
    [InlineData("macros", """{"name":"x","body":"x","tags":[null]}""")]
    [InlineData("views", """{"name":"x\ud800","filter":null}""")]
    [InlineData("views", """{"name":"x","filter":"q=\ud800"}""")]
    [InlineData("teams", """{"name":"\ud800"}""")]
    [InlineData("teams", """{"name":"x","purpose":"a\u0000b"}""")]
    [InlineData("teams", """{"name":"x","members":["00000000-0000-0000-0000-000000000000"]}""")]
    public async Task WhatCannotBe_IsRefusedAsAProblem(string what, string body)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"{Desk}/{what}", body);
        Assert.InRange((int)answer.StatusCode, 400, 422);
        await Problem.ReadAsync(answer, answer.StatusCode);
    }

    [Fact]
    public async Task Bulk_TakesNullForWhatIsLeftOut()
    {
        var ticket = await _ada.OpenTicketAsync();
        var answer = await PostAsync($"{Desk}/tickets/bulk", $$"""{"tickets":[{"tenant":"{{_acme.Slug}}","id":"{{ticket.Id}}"}],"change":{"add_tags":null,"remove_tags":null,"status":null} }""");
        Assert.False(answer.GetProperty("outcomes")[0].GetProperty("changed").GetBoolean());
    }

    private async Task<SupportTeamView> TeamAsync(string name)
    {
        await using var scope = (await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Lead)).Scope();
        return (await scope.Get<SupportTeamService>().CreateAsync(new SaveTeam { Name = $"{name} {Guid.CreateVersion7().ToString("N")[^10..]}" }, CancellationToken.None)).Value;
    }

    private static IEnumerable<string?> Subjects(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("ticket").GetProperty("subject").GetString());

    private static IEnumerable<string?> Names(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("name").GetString());

    private async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _staff.GetAsync(path);
        return await JsonAsync(answer);
    }

    private async Task<JsonElement> PostAsync(string path, string? body)
    {
        using var answer = await SendAsync(HttpMethod.Post, path, body);
        return await JsonAsync(answer);
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, params (string, string)[] headers) =>
        _staff.SendAsync(method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), headers);

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
