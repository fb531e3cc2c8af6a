using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Hosting;

public sealed class TelemetryTests
{
    [Fact]
    public async Task WithoutACollector_NothingIsCollected()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await using var portal = await PortalFactory.StartAsync(database.Connections);
        Assert.Null(portal.Services.GetService<TracerProvider>());
        Assert.Null(portal.Services.GetService<MeterProvider>());
    }

    [Fact]
    public async Task WithACollector_TracesAndMetricsOfARequestArrive()
    {
        ConcurrentDictionary<string, long> received = new();
        await using var collector = await EdgeHost.StartAsync(app => app.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.AddOrUpdate(signal, body.Length, (_, sum) => sum + body.Length);
        }));
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await using var portal = await PortalFactory.StartAsync(database.Connections, new PortalSettings
        {
            More = [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address.ToString()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")],
        });
        using (var answer = await portal.Visit("api").GetAsync("/health/ready"))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        portal.Services.GetRequiredService<TracerProvider>().ForceFlush(60_000);
        portal.Services.GetRequiredService<MeterProvider>().ForceFlush(60_000);
        Assert.InRange(received.GetValueOrDefault("traces"), 1, long.MaxValue);
        Assert.InRange(received.GetValueOrDefault("metrics"), 1, long.MaxValue);
    }

    [Fact]
    public async Task ARequestsLogLines_CarryTenantAndTraceIdOfTheCaller()
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await using var portal = await PortalFactory.StartAsync(database.Connections);
        var tenant = await portal.Given.TenantAsync();
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        using var api = portal.Call((await tenant.ApiKeyAsync("tickets:write")).Text);
        await Sql.ExecuteAsync(database.SuperuserConnectionString, "alter table tickets rename to tickets_gone");
        using var answer = await api.SendAsync(HttpMethod.Post, "/v1/support/tickets", new ByteArrayContent("""{"subject":"Test"}"""u8.ToArray()), ("traceparent", $"00-{trace}-00f067aa0ba902b7-01"));
        Assert.Equal(trace, (await Problem.ReadAsync(answer, HttpStatusCode.InternalServerError)).TraceId);
        Assert.Contains(portal.Log.All, r => r.Scopes.Contains($"tenant:{tenant.Slug} trace_id:{trace}", StringComparison.Ordinal));
    }
}
