using System.CommandLine;
using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Portal.Commands;

internal static class SlaSimulateCommand
{
    internal static Command Create()
    {
        var input = new Option<string>("--input") { Description = "A file with one case or an array of cases, each as POST /v1/admin/sla/simulate takes it; '-' reads stdin.", Required = true };
        var command = new Command("sla-simulate", "Try policies and calendars on tickets' lives: prints the clocks as JSON, for an array an array in the same order. Needs no database and changes nothing.") { input };
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(input)!, ct));
        return command;
    }

    private static async Task<int> RunAsync(string path, CancellationToken ct)
    {
        try
        {
            await using var stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            using var document = await JsonDocument.ParseAsync(stream, cancellationToken: ct);
            return await SimulateAsync(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            await Console.Error.WriteLineAsync(unreadable.Message);
            return CommandLine.Failed;
        }
    }

    private static async Task<int> SimulateAsync(JsonElement input)
    {
        var simulator = new SlaSimulator(TimeProvider.System);
        var many = input.ValueKind == JsonValueKind.Array;
        List<SlaClocks> answers = [];
        var failed = false;
        foreach (var (number, given) in (many ? input.EnumerateArray() : Enumerable.Repeat(input, 1)).Index())
        {
            var place = many ? $"[{number}]" : "";
            var answer = Read(given).Match(simulator.Run, error => error);
            if (answer.IsSuccess)
                answers.Add(answer.Value);
            foreach (var field in answer.Error?.Fields ?? [])
                await Console.Error.WriteLineAsync($"{string.Join('.', new[] { place, field.Field }.Where(part => part.Length > 0))}: {field.Message}");
            failed |= !answer.IsSuccess;
        }
        if (failed)
            return CommandLine.Failed;
        Console.WriteLine(many ? JsonSerializer.Serialize(answers, WireJson.Options) : JsonSerializer.Serialize(answers[0], WireJson.Options));
        return CommandLine.Done;
    }

    private static Result<SlaCase> Read(JsonElement given)
    {
        try
        {
            return given.Deserialize<SlaCase>(WireJson.Options) is { } read ? read : Error.Invalid("case", "A case is a JSON object.");
        }
        catch (JsonException fault)
        {
            var field = (fault.Path ?? "$").TrimStart('$').TrimStart('.');
            return Error.Invalid(field.Length == 0 ? "case" : field, "The value cannot be read as what stands here; the API's reference shows the form.");
        }
    }
}
