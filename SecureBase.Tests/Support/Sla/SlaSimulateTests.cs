using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecureBase.Portal.Commands;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Sla;

/// <summary>The contract of a simulation, byte for byte, through the API and the command line.</summary>
public sealed class SlaSimulateTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Route = "/v1/admin/sla/simulate";

    private const string Case = """
        {"policy":{"targets":{"high":{"first_response":60,"next_response":60,"resolution":240}},"pause_in":["waiting-customer"]},
         "calendar":{"time_zone":"Europe/Berlin","hours":[{"day":"friday","from":"09:00","to":"18:00"},{"day":"monday","from":"00:00","to":"24:00"}],"holidays":["2026-12-25"]},
         "priority":"high",
         "events":[{"at":"2026-11-27T16:00:00Z","type":"created"},{"at":"2026-11-27T17:30:00+01:00","type":"staff_reply"},
                   {"at":"2026-11-27T16:30:00","type":"status_changed","status":"waiting-customer"},{"at":"2026-11-27T16:45:00Z","type":"customer_comment"}],
         "now":"2026-11-29T23:10:00Z"}
        """;

    [Fact]
    public async Task Simulate_AnswersTheClocksWithTheirSegments()
    {
        using var staff = await StaffAsync();
        using var answer = await PostAsync(staff, Case);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        AssertClocks(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    [Theory]
    [InlineData("policy.targets.high", null, "policy.targets.high")]
    [InlineData("policy.targets.high.resolution", "0", "policy.targets.high.resolution")]
    [InlineData("policy.targets.high.next_response", null, "policy.targets.high.next_response")]
    [InlineData("policy", null, "policy")]
    [InlineData("calendar", "\"9to5\"", "calendar")]
    [InlineData("calendar.time_zone", "\"Mars/Olympus\"", "calendar.time_zone")]
    [InlineData("calendar.hours", "[]", "calendar.hours")]
    [InlineData("calendar.hours.0.day", "\"freitag\"", "calendar.hours[0].day")]
    [InlineData("calendar.hours.1.to", "\"24:01\"", "calendar.hours[1].to")]
    [InlineData("calendar.hours.0.from", "\"18:00\"", "calendar.hours[0].to")]
    [InlineData("calendar.holidays.0", "\"2026-02-30\"", "calendar.holidays[0]")]
    [InlineData("events", "[]", "events")]
    [InlineData("events.0.type", "\"staff_reply\"", "events[0].type")]
    [InlineData("events.1.type", "\"created\"", "events[1].type")]
    [InlineData("events.1.at", "\"2026-11-27T15:59:59Z\"", "events[1].at")]
    [InlineData("events.1.at", null, "events[1].at")]
    [InlineData("events.2.status", null, "events[2].status")]
    [InlineData("now", "\"2126-11-27T16:00:00Z\"", "now")]
    public async Task Simulate_WhatBreaksARule_Is422_AndNamesTheField(string path, string? value, string field)
    {
        using var staff = await StaffAsync();
        using var answer = await PostAsync(staff, Changed(path, value));
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True(JsonNode.Parse(body)!["errors"]!.AsObject().ContainsKey(field), body);
    }

    [Theory]
    [InlineData("priority", "\"urgent\"", "priority")]
    [InlineData("events.1.type", "\"staff-reply\"", "events[1].type")]
    [InlineData("events.1.at", "\"yesterday\"", "events[1].at")]
    [InlineData("policy.pause_in", "[\"asleep\"]", "policy.pause_in[0]")]
    [InlineData("calendar", "7", "calendar")]
    public async Task Simulate_WhatIsNoValueOfItsField_Is400_AndNamesTheField(string path, string value, string field)
    {
        using var staff = await StaffAsync();
        using var answer = await PostAsync(staff, Changed(path, value));
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(JsonNode.Parse(body)!["errors"]!.AsObject().ContainsKey(field), body);
    }

    [Fact]
    public async Task Command_AnswersOneCaseAsAnObject_AndMoreAsAnArray()
    {
        var (one, code, _) = await CommandAsync(Case);
        Assert.Equal(0, code);
        AssertClocks(JsonNode.Parse(one)!);
        var (many, _, _) = await CommandAsync($"[{Case},{Case}]");
        Assert.Equal(2, JsonNode.Parse(many)!.AsArray().Count);
        AssertClocks(JsonNode.Parse(many)![1]!);
    }

    [Fact]
    public async Task Command_WithAFaultyCase_NamesItOnStderr_AndPrintsNothing()
    {
        var (output, code, errors) = await CommandAsync($"[{Case},{Changed("calendar.time_zone", "\"Mars/Olympus\"")}]");
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("[1].calendar.time_zone: ", errors, StringComparison.Ordinal);
    }

    private static void AssertClocks(JsonNode answer)
    {
        var clocks = answer["clocks"]!.AsArray();
        Assert.Equal(["first_response", "next_response", "resolution"], clocks.Select(c => c!["metric"]!.GetValue<string>()));
        Assert.Equal(
            ["metric", "cycle", "target_seconds", "started_at", "ended_at", "due_at", "warn_at", "state", "elapsed_seconds", "remaining_seconds", "segments"],
            clocks[0]!.AsObject().Select(field => field.Key));
        Assert.Equal(("met", 1_800, 1_800), (clocks[0]!["state"]!.GetValue<string>(), clocks[0]!["elapsed_seconds"]!.GetValue<int>(), clocks[0]!["remaining_seconds"]!.GetValue<int>()));
        Assert.Equal("2026-11-27T17:00:00+00:00", clocks[0]!["due_at"]!.GetValue<string>());

        // 15 minutes on Friday, 10 since midnight in Berlin.
        var next = clocks[1]!;
        Assert.Equal(("running", 1_500, 2_100), (next["state"]!.GetValue<string>(), next["elapsed_seconds"]!.GetValue<int>(), next["remaining_seconds"]!.GetValue<int>()));
        Assert.True(next.AsObject().ContainsKey("ended_at"));
        Assert.Null(next["ended_at"]);
        Assert.Equal("2026-11-29T23:45:00+00:00", next["due_at"]!.GetValue<string>());
        Assert.Equal(["running", "closed", "running"], next["segments"]!.AsArray().Select(s => s!["kind"]!.GetValue<string>()));
        Assert.Equal(["running", "paused", "running", "closed", "running"], clocks[2]!["segments"]!.AsArray().Select(s => s!["kind"]!.GetValue<string>()));
        Assert.Equal(30 + 15 + 10, clocks[2]!["elapsed_seconds"]!.GetValue<int>() / 60);
    }

    private static string Changed(string path, string? value)
    {
        var root = JsonNode.Parse(Case)!;
        var steps = path.Split('.');
        var parent = steps[..^1].Aggregate(root, (node, step) => (node is JsonArray array ? array[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : node[step])!);
        if (parent is JsonArray list)
            list[int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture)] = JsonNode.Parse(value!);
        else if (value is null)
            parent.AsObject().Remove(steps[^1]);
        else
            parent[steps[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }

    private static async Task<(string Output, int ExitCode, string Errors)> CommandAsync(string input)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(SlaSimulateCommand).Assembly.Location, "sla-simulate", "--input", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (await output, process.ExitCode, await errors);
    }

    private async Task<Visitor> StaffAsync()
    {
        var provider = await fixture.Given.OperatorAsync();
        return fixture.Portal.Call((await provider.ApiKeyAsync("staff:support")).Text);
    }

    private static Task<HttpResponseMessage> PostAsync(Visitor staff, string body) =>
        staff.SendAsync(HttpMethod.Post, Route, new StringContent(body, Encoding.UTF8, "application/json"));
}
