using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SecureBase.Core.Support;
using SecureBase.Portal.Api;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Api;

/// <summary>How a request's body is read, whatever a client sends. The endpoint stands for any that takes JSON.</summary>
public sealed class ApiRequestTests : IAsyncLifetime
{
    private EdgeHost _host = null!;

    internal sealed record Sample
    {
        public string? Subject { get; init; }
        public TicketPriority? Priority { get; init; }
        public TicketStatus? Status { get; init; }
        public int? Count { get; init; }
        public decimal? Amount { get; init; }
        public bool? Urgent { get; init; }
        public Guid? AssigneeId { get; init; }
        public DateTimeOffset? DueAt { get; init; }
        public IReadOnlyList<string>? Tags { get; init; }
        public Sample? Inner { get; init; }
    }

    public async Task InitializeAsync() => _host = await EdgeHost.StartAsync(app =>
    {
        app.MapPost("/v1/samples", (Sample sample) => TypedResults.Ok(sample));
        app.MapGet("/v1/samples", () => TypedResults.Ok());
        app.MapGet("/v1/failing", IResult () => throw new InvalidOperationException("Host=db;Password=secret"));
        app.MapGet("/v1/outage", IResult () => throw new InvalidOperationException("wrapped", new Npgsql.NpgsqlException("db.internal", new SocketException(111))));
        app.MapGet("/page", IResult () => throw new InvalidOperationException("Host=db;Password=secret"));
    });

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData(null)]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("Application/X-WWW-Form-URLEncoded; charset=utf-8")]
    [InlineData("application/json")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    public async Task Post_JsonUnderAnyUsualContentType_IsRead(string? contentType)
    {
        using var answer = await PostAsync("""{"subject":"Test","priority":"medium"}""", contentType);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"subject":"Test","priority":"medium"}""", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/xml")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/octet-stream")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=no-such-thing")]
    [InlineData("json")]
    public async Task Post_AnotherContentType_Is415(string contentType)
    {
        using var answer = await PostAsync("""{"subject":"Test"}""", contentType);
        var problem = await Problem.ReadAsync(answer, HttpStatusCode.UnsupportedMediaType);
        Assert.Equal("unsupported_media_type", problem.Code);
        Assert.Contains(contentType, problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    // not JSON: where, and near which field
    [InlineData("", "body", "empty")]
    [InlineData("   ", "body", "line 1")]
    [InlineData("{", "body", "line 1, position 2")]
    [InlineData("nonsense", "body", "line 1")]
    [InlineData("subject=Test&priority=medium", "body", "line 1, position 1")]
    [InlineData("{\"subject\":\"Test\"", "body", "line 1")]
    [InlineData("{\"subject\":}", "subject", "line 1, position 12")]
    [InlineData("{\n  \"subject\": \"Test\",\n  \"priority\": medium\n}", "priority", "line 3, position 15")]
    [InlineData("{\"subject\":\"Te\nst\"}", "subject", "line 1, position 15")]
    [InlineData("{\"subject\":\"Te\u0000st\"}", "subject", "line 1")]
    [InlineData("{\"subject\":\"\\x41\"}", "subject", "line 1")]
    [InlineData("{\"subject\":\"Test\",}", "body", "line 1")]
    [InlineData("{'subject':'Test'}", "body", "line 1")]
    [InlineData("{\"subject\":\"Test\"} {}", "body", "line 1")]
    [InlineData("{\"count\":01}", "count", "line 1")]
    [InlineData("{\"count\":NaN}", "count", "line 1")]
    [InlineData("// comment\n{}", "body", "line 1")]
    // JSON, but not what the field takes
    [InlineData("null", "body", "must be a JSON object")]
    [InlineData("[]", "body", "must be a JSON object")]
    [InlineData("\"text\"", "body", "must be a JSON object")]
    [InlineData("17", "body", "must be a JSON object")]
    [InlineData("{\"subject\":17}", "subject", "must be text")]
    [InlineData("{\"subject\":true}", "subject", "must be text")]
    [InlineData("{\"subject\":[\"Test\"]}", "subject", "must be text")]
    [InlineData("{\"subject\":{}}", "subject", "must be text")]
    [InlineData("{\"subject\":\"\\ud800\"}", "subject", "must be text")]
    [InlineData("{\"subject\":\"\\udc00\\ud800\"}", "subject", "must be text")]
    [InlineData("{\"priority\":\"urgent\"}", "priority", "one of low, medium, high, critical")]
    [InlineData("{\"priority\":\"Medium\"}", "priority", "one of low, medium, high, critical")]
    [InlineData("{\"priority\":\"low, high\"}", "priority", "one of low, medium, high, critical")]
    [InlineData("{\"priority\":1}", "priority", "one of low, medium, high, critical")]
    [InlineData("{\"priority\":\"1\"}", "priority", "one of low, medium, high, critical")]
    [InlineData("{\"status\":\"waiting_customer\"}", "status", "waiting-customer")]
    [InlineData("{\"count\":\"1\"}", "count", "a whole number, not in quotes")]
    [InlineData("{\"count\":1.5}", "count", "a whole number")]
    [InlineData("{\"count\":99999999999999999999}", "count", "a whole number")]
    [InlineData("{\"count\":1e999}", "count", "a whole number")]
    [InlineData("{\"amount\":1e999}", "amount", "a number")]
    [InlineData("{\"amount\":\"1.5\"}", "amount", "a number, not in quotes")]
    [InlineData("{\"urgent\":\"true\"}", "urgent", "true or false")]
    [InlineData("{\"assignee_id\":\"me\"}", "assignee_id", "an id such as")]
    [InlineData("{\"due_at\":\"tomorrow\"}", "due_at", "a time such as")]
    [InlineData("{\"tags\":\"a,b\"}", "tags", "a list")]
    [InlineData("{\"tags\":[\"a\",7]}", "tags[1]", "must be text")]
    [InlineData("{\"inner\":{\"priority\":\"x\"}}", "inner.priority", "one of low")]
    [InlineData("{\"inner\":{\"tags\":[[]]}}", "inner.tags[0]", "must be text")]
    [InlineData("{\"subject\":\"a\",\"subject\":\"b\"}", "subject", "more than once")]
    public async Task Post_WhatCannotBeRead_Is400AndNamesTheField(string body, string field, string message)
    {
        using var answer = await PostAsync(body, "application/json");
        var problem = await Problem.ReadAsync(answer, HttpStatusCode.BadRequest);
        var (name, messages) = Assert.Single(problem.Errors);
        Assert.Equal(field, name);
        Assert.Contains(message, Assert.Single(messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_InvalidUtf8_Is400()
    {
        using var answer = await _host.SendAsync(HttpMethod.Post, "/v1/samples", new ByteArrayContent([.. "{\"subject\":\""u8, 0xC3, 0x28, .. "\"}"u8]));
        Assert.Contains("subject", (await Problem.ReadAsync(answer, HttpStatusCode.BadRequest)).Errors);
    }

    [Fact]
    public async Task Post_ByteOrderMark_IsIgnored()
    {
        using var answer = await _host.SendAsync(HttpMethod.Post, "/v1/samples", new ByteArrayContent([0xEF, 0xBB, 0xBF, .. "{\"subject\":\"Test\"}"u8]));
        Assert.Equal("""{"subject":"Test"}""", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{\"inner\":")]
    [InlineData("{\"unknown\":[")]
    public async Task Post_NestedDeeply_Is400(string opening)
    {
        using var answer = await PostAsync(string.Concat(Enumerable.Repeat(opening, 50_000)), "application/json");
        await Problem.ReadAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Post_UnknownFields_AreIgnored()
    {
        using var answer = await PostAsync("""{"subject":"Test","colour":"red","tenant_id":"x"}""", "application/json");
        Assert.Equal("""{"subject":"Test"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Post_WithoutBody_Is400()
    {
        using var answer = await _host.SendAsync(HttpMethod.Post, "/v1/samples");
        Assert.Contains("empty", Assert.Single((await Problem.ReadAsync(answer, HttpStatusCode.BadRequest)).Errors["body"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_JustWithinTheLimit_IsRead()
    {
        using var answer = await PostAsync(BodyOf(JsonBody.MaxBytes), "application/json");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(JsonBody.MaxBytes + 1, false)]
    [InlineData(JsonBody.MaxBytes + 1, true)]
    [InlineData(8 << 20, false)]
    [InlineData(8 << 20, true)]
    [InlineData(40 << 20, false)] // beyond the server's own limit too
    [InlineData(40 << 20, true)]
    public async Task Post_OverTheLimit_Is413AndTheConnectionLives(int length, bool chunked)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _host.Address.Port);
        await using var stream = client.GetStream();
        var body = Encoding.ASCII.GetBytes(BodyOf(length));

        // The client sends everything before it reads anything: the worst case for an early answer.
        await WriteAsync(stream, "POST /v1/samples HTTP/1.1\r\nHost: x\r\n" + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {length}\r\n\r\n"));
        if (chunked)
        {
            foreach (var chunk in body.Chunk(64 << 10))
            {
                await WriteAsync(stream, $"{chunk.Length:x}\r\n");
                await stream.WriteAsync(chunk);
                await WriteAsync(stream, "\r\n");
            }
            await WriteAsync(stream, "0\r\n\r\n");
        }
        else
        {
            await stream.WriteAsync(body);
        }

        await WriteAsync(stream, "GET /v1/samples HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var answers = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 413 ", answers, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"body_too_large\"", answers, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 200 OK", answers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_OverTheLimitAskingFirst_Is413WithoutTheBody()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _host.Address.Port);
        await using var stream = client.GetStream();
        await WriteAsync(stream, $"POST /v1/samples HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {8 << 20}\r\n\r\n");
        var buffer = new byte[64];
        var read = await stream.ReadAtLeastAsync(buffer, 12);
        Assert.StartsWith("HTTP/1.1 413", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownRoute_Is404()
    {
        using var answer = await _host.SendAsync(HttpMethod.Get, "/v1/nothing");
        Assert.Equal("not_found", (await Problem.ReadAsync(answer, HttpStatusCode.NotFound)).Code);
    }

    [Fact]
    public async Task AnotherMethod_Is405AndListsTheRight()
    {
        using var answer = await _host.SendAsync(HttpMethod.Delete, "/v1/samples");
        Assert.Equal("method_not_allowed", (await Problem.ReadAsync(answer, HttpStatusCode.MethodNotAllowed)).Code);
        Assert.Equal(["GET", "POST"], answer.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task Failure_Is500WithoutInternalsAndTheLogHasTheTraceId()
    {
        using var answer = await _host.SendAsync(HttpMethod.Get, "/v1/failing");
        var problem = await Problem.ReadAsync(answer, HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("secret", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var record = Assert.Single(_host.Log.All, r => r.Level == Microsoft.Extensions.Logging.LogLevel.Error);
        Assert.Contains("Password=secret", record.Text, StringComparison.Ordinal);
        Assert.Contains(problem.TraceId, record.Scopes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DatabaseDown_Is503WithRetryAfter()
    {
        using var answer = await _host.SendAsync(HttpMethod.Get, "/v1/outage");
        await Problem.ReadAsync(answer, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task PageFailure_IsAPageWithoutInternals()
    {
        using var answer = await _host.SendAsync(HttpMethod.Get, "/page");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Matches("[0-9a-f]{32}", text);
    }

    [Fact]
    public async Task Answer_IsCompressedOnRequest()
    {
        using var content = new StringContent(BodyOf(20_000));
        content.Headers.ContentType = null;
        using var answer = await _host.SendAsync(HttpMethod.Post, "/v1/samples", content, ("Accept-Encoding", "br"));
        Assert.Equal("br", Assert.Single(answer.Content.Headers.ContentEncoding));
        Assert.True((await answer.Content.ReadAsByteArrayAsync()).Length < 1_000);
    }

    private static string BodyOf(int length) => "{\"subject\":\"" + new string('a', length - 14) + "\"}";

    private static ValueTask WriteAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text));

    private Task<HttpResponseMessage> PostAsync(string body, string? contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return _host.SendAsync(HttpMethod.Post, "/v1/samples", content);
    }
}
