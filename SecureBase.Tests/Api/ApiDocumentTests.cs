using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Api;

public sealed class ApiDocumentTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Fact]
    public async Task TheDocument_DescribesEveryRouteWithScopeExamplesAndRefusals()
    {
        var document = await ReadAsync();
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("api_key");
        Assert.Equal("http", scheme.GetProperty("type").GetString());
        Assert.Equal("bearer", scheme.GetProperty("scheme").GetString());

        var routes = fixture.Portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal))
            .Select(e => $"{e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0].ToLowerInvariant()} {e.RoutePattern.RawText!.Replace(":guid", "", StringComparison.Ordinal).TrimEnd('/')}");
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => (Name: $"{o.Name} {p.Name}", Operation: o.Value))).ToList();
        Assert.Equal(routes.Order(), operations.Select(o => o.Name).Order());

        // Who reads the reference by its headings tells them apart.
        Assert.Empty(operations.GroupBy(o => o.Operation.GetProperty("summary").GetString()).Where(g => g.Count() > 1).Select(g => g.Key));
        foreach (var (name, operation) in operations)
        {
            Assert.NotEmpty(operation.GetProperty("operationId").GetString()!);
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            Assert.Contains(':', operation.GetProperty("security")[0].GetProperty("api_key")[0].GetString()!);
            var responses = operation.GetProperty("responses");
            foreach (var status in new[] { "400", "401", "403" })
                Assert.StartsWith("#/components/responses/", responses.GetProperty(status).GetProperty("$ref").GetString(), StringComparison.Ordinal);
            var (answered, success) = responses.EnumerateObject().Where(r => r.Name.StartsWith('2')).Select(r => (r.Name, r.Value)).First();
            Assert.True(answered == "204" || HasExampleOrIsFile(success), $"{name} has no example of its answer");
            if (operation.TryGetProperty("requestBody", out var request))
                Assert.True(HasExampleOrIsFile(request), $"{name} has no example of its body");
        }
    }

    // What is sent and answered as it is, byte for byte, has no example.
    private static bool HasExampleOrIsFile(JsonElement part) => part.GetProperty("content").TryGetProperty("application/json", out var json)
        ? json.TryGetProperty("example", out _)
        : part.GetProperty("content").EnumerateObject().All(c => c.Name is "*/*" or "application/octet-stream");

    [Fact]
    public async Task EveryProblemOfTheDocument_HasTheFormOfAProblem()
    {
        var responses = (await ReadAsync()).GetProperty("components").GetProperty("responses").EnumerateObject().ToList();
        Assert.NotEmpty(responses);
        foreach (var response in responses)
        {
            var example = response.Value.GetProperty("content").GetProperty("application/problem+json").GetProperty("example");
            Assert.Equal(response.Name, $"Problem{example.GetProperty("status").GetInt32()}");
            foreach (var field in new[] { "type", "title", "detail", "code", "trace_id" })
                Assert.NotEmpty(example.GetProperty(field).GetString()!);
        }
    }

    [Fact]
    public async Task TheExampleOfOpeningATicket_OpensOne()
    {
        var operation = (await ReadAsync()).GetProperty("paths").GetProperty("/v1/support/tickets").GetProperty("post");
        var example = operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");
        using var api = fixture.Portal.Call((await (await fixture.Given.TenantAsync()).ApiKeyAsync("tickets:write")).Text);
        using var answer = await api.PostJsonAsync("/v1/support/tickets", example);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);

        var shown = operation.GetProperty("responses").GetProperty("201").GetProperty("content").GetProperty("application/json").GetProperty("example");
        var ticket = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        Assert.Equal(shown.EnumerateObject().Select(f => f.Name), ticket.EnumerateObject().Select(f => f.Name));
    }

    [Fact]
    public async Task TheSchemas_CarryTheContractsNamesAndLimits()
    {
        var schemas = (await ReadAsync()).GetProperty("components").GetProperty("schemas");
        Assert.Equal(["open", "in-progress", "waiting-customer", "resolved", "closed"], schemas.GetProperty("TicketStatus").GetProperty("enum").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal(["subject"], schemas.GetProperty("OpenTicket").GetProperty("required").EnumerateArray().Select(v => v.GetString()));
        Assert.Equal(200, schemas.GetProperty("OpenTicket").GetProperty("properties").GetProperty("subject").GetProperty("maxLength").GetInt32());
        Assert.DoesNotContain("resolved_at", schemas.GetProperty("TicketView").GetProperty("required").EnumerateArray().Select(v => v.GetString()));
        Assert.Contains("next_cursor", schemas.GetProperty("PageOfTicketView").GetProperty("required").EnumerateArray().Select(v => v.GetString()));
    }

    [Fact]
    public async Task TheReference_ShowsEveryOperationAndAsksNobodyElse()
    {
        var operations = (await ReadAsync()).GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject()).Select(o => o.Value.GetProperty("operationId").GetString()!);
        using var reader = fixture.Portal.Visit("api");
        var page = await reader.PageAsync("/reference");
        Assert.Equal(operations.Order(), page.QuerySelectorAll("main section").Select(s => s.Id!).Order());
        Assert.Empty(page.QuerySelectorAll("script, style, [style], iframe, img, [onclick]"));
        foreach (var link in page.QuerySelectorAll("[href], [src]"))
            Assert.DoesNotMatch("^(https?:)?//", link.GetAttribute("href") ?? link.GetAttribute("src") ?? "");
        foreach (var sheet in page.QuerySelectorAll("link[rel=stylesheet]"))
        {
            using var answer = await reader.GetAsync("/" + sheet.GetAttribute("href"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("api")]
    [InlineData("own")]
    public async Task DocumentAndReference_AreForEverybodyOnHostsThatExist(string host)
    {
        var label = host == "own" ? (await fixture.Given.TenantAsync()).Slug : host;
        using var reader = fixture.Portal.Visit(label);
        foreach (var path in new[] { "/openapi/v1.json", "/reference" })
        {
            using var answer = await reader.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            using var nowhere = await fixture.Portal.Visit("no-such-tenant").GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        }
    }

    private async Task<JsonElement> ReadAsync()
    {
        using var answer = await fixture.Portal.Visit("api").GetAsync("/openapi/v1.json");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
    }
}
