using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SecureBase.Core.Webhooks.Signing;
using SecureBase.Portal.Webhooks;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks;

/// <summary>What the portal shows to people who write receivers does what it says: each snippet runs here on good and on altered deliveries.</summary>
public sealed class VerificationSnippetTests
{
    private static readonly byte[] Body = [.. "{\"type\":\"ticket.created\",\"data\":{\"subject\":\"Zähler\"}}"u8];

    [Theory]
    [InlineData(SignatureScheme.V1)]
    [InlineData(SignatureScheme.V1a)]
    public async Task JavaScript_TakesWhatWeSigned_AndNothingElse(SignatureScheme scheme) => await HoldsAsync(scheme, SnippetLanguage.JavaScript, "node", "run.mjs", file => $$"""
        import { readFileSync } from "node:fs";
        import { verify } from "./{{file}}";
        const cases = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify(cases.map((c) => verify(c.key, c.headers, Buffer.from(c.body, "base64")))));
        """);

    // The asymmetric one needs a package that is not part of Python.
    [Fact]
    public async Task Python_TakesWhatWeSigned_AndNothingElse() => await HoldsAsync(SignatureScheme.V1, SnippetLanguage.Python, "python3", "run.py", file => $"""
        import base64, json, sys
        from {Path.GetFileNameWithoutExtension(file)} import verify
        print(json.dumps([verify(c["key"], c["headers"], base64.b64decode(c["body"])) for c in json.load(sys.stdin)]))
        """);

    [Fact]
    public void CSharp_TakesWhatWeSigned_AndNothingElse()
    {
        var now = TimeProvider.System.GetUtcNow();
        var cases = Cases(SignatureScheme.V1, now);
        Assert.Equal(cases.Select(c => c.Good), cases.Select(c => VerifyV1.Verify(c.Key, c.Headers.GetValueOrDefault, c.Body, now)));
    }

    [Theory]
    [InlineData(SignatureScheme.V1)]
    [InlineData(SignatureScheme.V1a)]
    public void EveryLanguage_HasASnippet(SignatureScheme scheme) =>
        Assert.All(Enum.GetValues<SnippetLanguage>(), language => Assert.Contains("webhook-", VerificationSnippets.Of(language, scheme), StringComparison.Ordinal));

    private static async Task HoldsAsync(SignatureScheme scheme, SnippetLanguage language, string program, string runner, Func<string, string> code)
    {
        using var folder = new TestFolder();
        var file = VerificationSnippets.FileOf(language, scheme);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, file), VerificationSnippets.Of(language, scheme));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, runner), code(file));
        var cases = Cases(scheme, TimeProvider.System.GetUtcNow());

        using var process = Process.Start(new ProcessStartInfo(program, runner) { WorkingDirectory = folder.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(cases.Select(c => new { key = c.Key, headers = c.Headers, body = Convert.ToBase64String(c.Body) })));
        process.StandardInput.Close();
        var (output, errors) = (await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, errors);
        Assert.Equal(cases.Select(c => c.Good), JsonSerializer.Deserialize<bool[]>(output)!);
    }

    private sealed record Case(bool Good, string Key, Dictionary<string, string> Headers, byte[] Body);

    private static IReadOnlyList<Case> Cases(SignatureScheme scheme, DateTimeOffset now)
    {
        var (present, before, other) = (WebhookSecret.New(scheme), WebhookSecret.New(scheme), WebhookSecret.New(scheme));
        var id = Guid.CreateVersion7();
        return
        [
            Of(true, present, [present], now),
            Of(true, before, [present, before], now),
            Of(true, present, [present, before], now.AddMinutes(-4)),
            Of(false, other, [present, before], now),
            Of(false, present, [present], now.AddMinutes(-6)),
            Of(false, present, [present], now.AddMinutes(6)),
            Of(false, present, [present], now) with { Body = [.. Body, (byte)' '] },
            With("webhook-id", Guid.CreateVersion7().ToString()),
            With("webhook-timestamp", (now.ToUnixTimeSeconds() + 1).ToString(CultureInfo.InvariantCulture)),
            With("webhook-timestamp", "yesterday"),
            With("webhook-signature", ""),
            With("webhook-signature", "v1,"),
            With("webhook-signature", "v1a,AAAA v2,AAAA ,"),
            With("webhook-signature", null),
        ];

        Case Of(bool good, WebhookSecret verifier, IReadOnlyList<WebhookSecret> signing, DateTimeOffset at)
        {
            var signer = new WebhookSigner(signing);
            return new Case(good, verifier.VerificationText, new Dictionary<string, string>
            {
                [WebhookSigner.IdHeader] = id.ToString(),
                [WebhookSigner.TimestampHeader] = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                [WebhookSigner.SignatureHeader] = signer.Sign(WebhookSigner.ContentOf(id, at, Body)),
            }, Body);
        }

        Case With(string header, string? value)
        {
            var altered = Of(false, present, [present], now);
            if (value is null)
                altered.Headers.Remove(header);
            else
                altered.Headers[header] = value;
            return altered;
        }
    }
}
