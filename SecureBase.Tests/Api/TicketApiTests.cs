using System.Net;
using System.Text;
using System.Text.Json;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Api;

/// <summary>The ticket routes as the contract gives them (product.md §7), over HTTP with a key.</summary>
public sealed class TicketApiTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Tickets = "/v1/support/tickets";

    [Fact]
    public async Task Post_TheContractsExampleWithoutContentType_OpensATicket()
    {
        var (tenant, api) = await TenantAsync();
        using var body = new ByteArrayContent("""{"subject":"Test","priority":"medium"}"""u8.ToArray());
        using var answer = await api.SendAsync(HttpMethod.Post, Tickets, body);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var ticket = await JsonAsync(answer);
        var id = ticket.GetProperty("id").GetGuid();
        Assert.Equal($"{Tickets}/{id}", answer.Headers.Location?.OriginalString);
        Assert.Equal("\"1\"", answer.Headers.ETag?.Tag);
        Assert.StartsWith("ORG", ticket.GetProperty("number").GetString(), StringComparison.Ordinal);
        Assert.Equal("Test", ticket.GetProperty("subject").GetString());
        Assert.Equal("", ticket.GetProperty("description").GetString());
        Assert.Equal("medium", ticket.GetProperty("priority").GetString());
        Assert.Equal("general", ticket.GetProperty("category").GetString());
        Assert.Equal("open", ticket.GetProperty("status").GetString());
        Assert.Equal(0, ticket.GetProperty("tags").GetArrayLength());
        Assert.Equal("a test", ticket.GetProperty("requester").GetProperty("name").GetString());
        Assert.Equal(0, ticket.GetProperty("comment_count").GetInt32());
        Assert.Equal(1, ticket.GetProperty("version").GetInt32());
        Assert.False(ticket.TryGetProperty("assignee", out _));
        Assert.False(ticket.TryGetProperty("resolved_at", out _));

        using var read = await api.GetAsync(answer.Headers.Location!.OriginalString);
        Assert.Equal(await answer.Content.ReadAsStringAsync(), await read.Content.ReadAsStringAsync());
        Assert.NotEqual(Guid.Empty, tenant.Id);
    }

    [Fact]
    public async Task Post_EveryField_IsKeptTrimmed()
    {
        var (_, api) = await TenantAsync();
        var ticket = await OpenAsync(api, """{"subject":"  Ünïcode 🚀 ","description":" **why** ","priority":"critical","category":"feature-request","tags":["Egress","prod-1","egress"]}""");
        Assert.Equal("Ünïcode 🚀", ticket.GetProperty("subject").GetString());
        Assert.Equal("**why**", ticket.GetProperty("description").GetString());
        Assert.Equal("critical", ticket.GetProperty("priority").GetString());
        Assert.Equal("feature-request", ticket.GetProperty("category").GetString());
        Assert.Equal(["egress", "prod-1"], ticket.GetProperty("tags").EnumerateArray().Select(t => t.GetString()));
    }

    [Theory]
    [InlineData("{}", "subject")]
    [InlineData("""{"subject":null}""", "subject")]
    [InlineData("""{"subject":""}""", "subject")]
    [InlineData("""{"subject":"ab"}""", "subject")]
    [InlineData("""{"subject":"  ab  "}""", "subject")]
    [InlineData("""{"subject":"two\nlines"}""", "subject")]
    [InlineData("""{"subject":"nul \u0000 inside"}""", "subject")]
    [InlineData("""{"subject":"Test","description":"nul \u0000 inside"}""", "description")]
    [InlineData("""{"subject":"Test","tags":["no spaces here"]}""", "tags")]
    [InlineData("""{"subject":"Test","tags":["nul\u0000"]}""", "tags")]
    [InlineData("""{"subject":"Test","tags":[null]}""", "tags")]
    [InlineData("""{"subject":"Test","tags":["1","2","3","4","5","6","7","8","9","10","11"]}""", "tags")]
    public async Task Post_ABrokenRule_Is422AndNamesTheField(string body, string field)
    {
        var (_, api) = await TenantAsync();
        using var answer = await PostAsync(api, Tickets, body);
        Assert.Contains(field, (await Problem.ReadAsync(answer, HttpStatusCode.UnprocessableEntity)).Errors);
    }

    [Fact]
    public async Task Post_SeveralBrokenRules_NamesEachField()
    {
        var (_, api) = await TenantAsync();
        using var answer = await PostAsync(api, Tickets, $$"""{"subject":"{{new string('s', 201)}}","description":"{{new string('d', 20_001)}}"}""");
        Assert.Equal(["description", "subject"], (await Problem.ReadAsync(answer, HttpStatusCode.UnprocessableEntity)).Errors.Keys.Order());
    }

    [Fact]
    public async Task Get_AnotherTenantsTicket_Is404ByEveryRoute()
    {
        var (_, api) = await TenantAsync();
        var (_, other) = await TenantAsync();
        var id = (await OpenAsync(api)).GetProperty("id").GetGuid();
        foreach (var (method, path, body) in new[]
        {
            (HttpMethod.Get, $"{Tickets}/{id}", null),
            (HttpMethod.Patch, $"{Tickets}/{id}", """{"status":"closed"}"""),
            (HttpMethod.Get, $"{Tickets}/{id}/comments", null),
            (HttpMethod.Post, $"{Tickets}/{id}/comments", """{"body":"hello"}"""),
            (HttpMethod.Get, $"{Tickets}/{id}/comments/{id}", null),
        })
        {
            using var answer = await SendAsync(other, method, path, body, ("If-Match", "\"1\""));
            var problem = await Problem.ReadAsync(answer, HttpStatusCode.NotFound);
            Assert.Equal("not_found", problem.Code);

            // Nobody's id is answered in the same words.
            using var nobodys = await SendAsync(other, method, path.Replace(id.ToString(), Guid.CreateVersion7().ToString(), StringComparison.Ordinal), body, ("If-Match", "\"1\""));
            Assert.Equal(problem.Detail, (await Problem.ReadAsync(nobodys, HttpStatusCode.NotFound)).Detail);
        }

        using var list = await other.GetAsync(Tickets);
        Assert.Equal(0, (await JsonAsync(list)).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("status=open", "open")]
    [InlineData("status=closed", "closed")]
    [InlineData("status=open,closed", "closed open")]
    [InlineData("status=open&status=closed", "closed open")]
    [InlineData("status=%20open%20,", "open")]
    [InlineData("status=resolved", "")]
    [InlineData("priority=critical", "open")]
    [InlineData("priority=low&status=open", "")]
    [InlineData("category=billing", "closed")]
    [InlineData("category=billing,security", "closed open")]
    [InlineData("assignee=none", "closed open")]
    [InlineData("assignee=0193591e-07c0-7b12-9d2f-5a1c7f6f3c11", "")]
    [InlineData("q=leak", "open")]
    [InlineData("q=LEAK+password", "open")]
    [InlineData("q=100%25", "closed")]
    [InlineData("q=%25", "closed")]
    [InlineData("q=_", "")]
    [InlineData("q=nothing+like+it", "")]
    [InlineData("unknown=ignored", "closed open")]
    public async Task List_Filters_Combine(string query, string expected)
    {
        var (_, api) = await TenantAsync();
        await OpenAsync(api, """{"subject":"A password leak","priority":"critical","category":"security"}""");
        var closed = await OpenAsync(api, """{"subject":"Charged 100% twice","priority":"low","category":"billing"}""");
        using (var close = await SendAsync(api, HttpMethod.Patch, $"{Tickets}/{closed.GetProperty("id").GetGuid()}", """{"status":"closed"}""", ("If-Match", "\"1\"")))
            Assert.Equal(HttpStatusCode.OK, close.StatusCode);

        using var answer = await api.GetAsync($"{Tickets}?{query}");
        var list = await JsonAsync(answer);
        Assert.Equal(expected, string.Join(' ', list.GetProperty("items").EnumerateArray().Select(t => t.GetProperty("status").GetString())));
        Assert.Equal(JsonValueKind.Null, list.GetProperty("next_cursor").ValueKind);
    }

    [Theory]
    [InlineData("status=opened", "status")]
    [InlineData("status=Open", "status")]
    [InlineData("status=open,waiting_customer", "status")]
    [InlineData("priority=1", "priority")]
    [InlineData("category=%00", "category")]
    [InlineData("assignee=me", "assignee")]
    [InlineData("assignee={0193591e-07c0-7b12-9d2f-5a1c7f6f3c11}", "assignee")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=99999999999999999999", "limit")]
    [InlineData("limit=10&limit=20", "limit")]
    [InlineData("cursor=garbage", "cursor")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!", "cursor")]
    [InlineData("cursor=////////////////////////////////", "cursor")]
    [InlineData("q=%00", "q")]
    public async Task List_AQueryThatMeansNothing_Is400AndNamesTheParameter(string query, string field)
    {
        var (_, api) = await TenantAsync();
        using var answer = await api.GetAsync($"{Tickets}?{query}");
        Assert.Contains(field, (await Problem.ReadAsync(answer, HttpStatusCode.BadRequest)).Errors);
    }

    [Fact]
    public async Task List_ByCursor_ShowsEachTicketOnceThoughOthersArrive()
    {
        var (_, api) = await TenantAsync();
        List<Guid> opened = [];
        for (var i = 0; i < 7; i++)
            opened.Add((await OpenAsync(api)).GetProperty("id").GetGuid());

        List<Guid> seen = [];
        string? cursor = null;
        do
        {
            using var answer = await api.GetAsync($"{Tickets}?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}");
            var page = await JsonAsync(answer);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(t => t.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("next_cursor").GetString();
            await OpenAsync(api);
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Reverse(opened), seen);
    }

    [Fact]
    public async Task Patch_WithTheCurrentETag_ChangesAndAnswersTheNext()
    {
        var (_, api) = await TenantAsync();
        var id = (await OpenAsync(api)).GetProperty("id").GetGuid();
        using var answer = await SendAsync(api, HttpMethod.Patch, $"{Tickets}/{id}", """{"subject":"A better subject","category":"billing"}""", ("If-Match", "\"1\""));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("\"2\"", answer.Headers.ETag?.Tag);
        var ticket = await JsonAsync(answer);
        Assert.Equal("A better subject", ticket.GetProperty("subject").GetString());
        Assert.Equal("billing", ticket.GetProperty("category").GetString());
        Assert.Equal(2, ticket.GetProperty("version").GetInt32());
    }

    [Theory]
    [InlineData(null, HttpStatusCode.PreconditionRequired, "precondition_required")]
    [InlineData("\"0\"", HttpStatusCode.PreconditionFailed, "stale")]
    [InlineData("\"2\"", HttpStatusCode.PreconditionFailed, "stale")]
    [InlineData("\"something\"", HttpStatusCode.PreconditionFailed, "stale")]
    [InlineData("W/\"1\"", HttpStatusCode.PreconditionFailed, "stale")]
    [InlineData("\"7\", \"8\"", HttpStatusCode.PreconditionFailed, "stale")]
    [InlineData("1", HttpStatusCode.BadRequest, "invalid")]
    [InlineData("", HttpStatusCode.PreconditionRequired, "precondition_required")]
    public async Task Patch_WithoutAMatchingETag_IsRefusedAndChangesNothing(string? condition, HttpStatusCode status, string code)
    {
        var (_, api) = await TenantAsync();
        var id = (await OpenAsync(api)).GetProperty("id").GetGuid();
        using var answer = await SendAsync(api, HttpMethod.Patch, $"{Tickets}/{id}", """{"status":"closed"}""", condition is null ? [] : [("If-Match", condition)]);
        Assert.Equal(code, (await Problem.ReadAsync(answer, status)).Code);
        Assert.Equal("open", (await ReadAsync(api, id)).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("*")]
    [InlineData("\"1\"")]
    [InlineData("\"9\", \"1\"")]
    public async Task Patch_WithAnyMatchingETag_Succeeds(string condition)
    {
        var (_, api) = await TenantAsync();
        var id = (await OpenAsync(api)).GetProperty("id").GetGuid();
        using var answer = await SendAsync(api, HttpMethod.Patch, $"{Tickets}/{id}", """{"status":"closed"}""", ("If-Match", condition));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("""{"priority":"critical"}""", "priority")]
    [InlineData("""{"tags":["vip"]}""", "tags")]
    [InlineData("""{"assignee_id":"0193591e-07c0-7b12-9d2f-5a1c7f6f3c11"}""", "assignee_id")]
    [InlineData("""{"status":"resolved"}""", "status")]
    [InlineData("""{"status":"in-progress"}""", "status")]
    [InlineData("""{"status":"waiting-customer"}""", "status")]
    public async Task Patch_WhatOnlyStaffChange_Is403(string body, string field)
    {
        var (_, api) = await TenantAsync();
        var id = (await OpenAsync(api)).GetProperty("id").GetGuid();
        using var answer = await SendAsync(api, HttpMethod.Patch, $"{Tickets}/{id}", body, ("If-Match", "\"1\""));
        var problem = await Problem.ReadAsync(answer, HttpStatusCode.Forbidden);
        Assert.Equal("staff_only", problem.Code);
        Assert.Contains(field, problem.Detail, StringComparison.Ordinal);
        Assert.Equal(1, (await ReadAsync(api, id)).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Patch_CloseThenReopen_FollowsTheRules()
    {
        var (_, api) = await TenantAsync();
        var id = (await OpenAsync(api)).GetProperty("id").GetGuid();
        using var reopenTooSoon = await SendAsync(api, HttpMethod.Patch, $"{Tickets}/{id}", """{"status":"open"}""", ("If-Match", "*"));
        Assert.Equal("ticket_not_resolved", (await Problem.ReadAsync(reopenTooSoon, HttpStatusCode.Conflict)).Code);
        using var close = await SendAsync(api, HttpMethod.Patch, $"{Tickets}/{id}", """{"status":"closed"}""", ("If-Match", "*"));
        Assert.True((await JsonAsync(close)).TryGetProperty("resolved_at", out _));
        using var comment = await PostAsync(api, $"{Tickets}/{id}/comments", """{"body":"too late"}""");
        Assert.Equal("ticket_closed", (await Problem.ReadAsync(comment, HttpStatusCode.Conflict)).Code);
        using var edit = await SendAsync(api, HttpMethod.Patch, $"{Tickets}/{id}", """{"subject":"too late"}""", ("If-Match", "*"));
        Assert.Equal("ticket_closed", (await Problem.ReadAsync(edit, HttpStatusCode.Conflict)).Code);
        using var reopen = await SendAsync(api, HttpMethod.Patch, $"{Tickets}/{id}", """{"status":"open"}""", ("If-Match", "*"));
        Assert.Equal("open", (await JsonAsync(reopen)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Get_WithTheETagAlreadyHeld_Is304()
    {
        var (_, api) = await TenantAsync();
        var id = (await OpenAsync(api)).GetProperty("id").GetGuid();
        foreach (var (known, status) in new[] { ("\"1\"", 304), ("W/\"1\"", 304), ("\"0\", \"1\"", 304), ("*", 304), ("\"2\"", 200), ("nonsense", 200) })
        {
            using var answer = await SendAsync(api, HttpMethod.Get, $"{Tickets}/{id}", null, ("If-None-Match", known));
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal("\"1\"", answer.Headers.ETag?.Tag);
            Assert.Equal(status == 304, (await answer.Content.ReadAsStringAsync()).Length == 0);
        }
    }

    [Fact]
    public async Task Comments_AreAddedReadAndPaged()
    {
        var (_, api) = await TenantAsync();
        var id = (await OpenAsync(api)).GetProperty("id").GetGuid();
        List<string> written = [];
        for (var i = 1; i <= 5; i++)
        {
            using var answer = await PostAsync(api, $"{Tickets}/{id}/comments", $$"""{"body":" comment {{i}} "}""");
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            var comment = await JsonAsync(answer);
            Assert.Equal($"comment {i}", comment.GetProperty("body").GetString());
            Assert.Equal("customer", comment.GetProperty("author").GetProperty("kind").GetString());
            Assert.Equal("a test", comment.GetProperty("author").GetProperty("name").GetString());
            written.Add(comment.GetProperty("id").GetString()!);
            using var read = await api.GetAsync(answer.Headers.Location!.OriginalString);
            Assert.Equal(await answer.Content.ReadAsStringAsync(), await read.Content.ReadAsStringAsync());
        }

        List<string> seen = [];
        string? cursor = null;
        do
        {
            using var answer = await api.GetAsync($"{Tickets}/{id}/comments?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            var page = await JsonAsync(answer);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(c => c.GetProperty("id").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(written, seen);
        Assert.Equal(5, (await ReadAsync(api, id)).GetProperty("comment_count").GetInt32());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"body":"   "}""")]
    [InlineData("""{"body":"nul \u0000 inside"}""")]
    public async Task Comment_WithoutText_Is422(string body)
    {
        var (_, api) = await TenantAsync();
        var id = (await OpenAsync(api)).GetProperty("id").GetGuid();
        using var answer = await PostAsync(api, $"{Tickets}/{id}/comments", body);
        Assert.Contains("body", (await Problem.ReadAsync(answer, HttpStatusCode.UnprocessableEntity)).Errors);
    }

    [Fact]
    public async Task Comment_WithAStatus_IsForStaffOnly()
    {
        var (_, api) = await TenantAsync();
        var id = (await OpenAsync(api)).GetProperty("id").GetGuid();
        using var answer = await PostAsync(api, $"{Tickets}/{id}/comments", """{"body":"Solved it","status":"resolved"}""");
        Assert.Equal("staff_only", (await Problem.ReadAsync(answer, HttpStatusCode.Forbidden)).Code);
    }

    [Fact]
    public async Task Quota_UsedUp_Is429ButCriticalPasses()
    {
        var tenant = await fixture.Given.TenantAsync(plan: Core.Tenancy.Plan.Standard);
        using var api = await CallAsync(tenant);
        for (var i = 0; i < 5; i++)
            await OpenAsync(api);
        using var refused = await PostAsync(api, Tickets, """{"subject":"One too many"}""");
        Assert.Equal("ticket_quota_exceeded", (await Problem.ReadAsync(refused, HttpStatusCode.TooManyRequests)).Code);
        await OpenAsync(api, """{"subject":"All is down","priority":"critical"}""");
    }

    private async Task<(GivenTenant, Visitor)> TenantAsync()
    {
        var tenant = await fixture.Given.TenantAsync();
        return (tenant, await CallAsync(tenant));
    }

    private async Task<Visitor> CallAsync(GivenTenant tenant) =>
        fixture.Portal.Call((await tenant.ApiKeyAsync("tickets:read", "tickets:write")).Text);

    private static async Task<JsonElement> OpenAsync(Visitor api, string body = """{"subject":"The deployment is stuck"}""")
    {
        using var answer = await PostAsync(api, Tickets, body);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await JsonAsync(answer);
    }

    private static async Task<JsonElement> ReadAsync(Visitor api, Guid id)
    {
        using var answer = await api.GetAsync($"{Tickets}/{id}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await JsonAsync(answer);
    }

    private static Task<HttpResponseMessage> PostAsync(Visitor api, string path, string body) => SendAsync(api, HttpMethod.Post, path, body);

    private static Task<HttpResponseMessage> SendAsync(Visitor api, HttpMethod method, string path, string? body, params (string, string)[] headers) =>
        api.SendAsync(method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), headers);

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
}
