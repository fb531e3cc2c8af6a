using System.Text.Json;
using SecureBase.Core.Kernel;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Signing;
using SecureBase.Portal.Webhooks;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Webhooks;

/// <summary>
/// A thousand deliveries of each scheme as they came over the wire, half of them while a secret is being rotated: the public library of
/// Standard Webhooks (npm) verifies them and rejects each in every altered form. It knows v1 alone; v1a is verified by the snippet
/// that the portal shows, with the cryptography of Node.js itself.
/// </summary>
public sealed class PublicLibraryTests : IAsyncLifetime
{
    private const int Events = 500;

    private WebhookScene _scene = null!;

    // The library compares the timestamp with the clock of its machine.
    public async Task InitializeAsync() => _scene = await WebhookScene.StartAsync(new FakeTimeProvider(TimeProvider.System.GetUtcNow()));

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task AThousandDeliveriesOfEachScheme_AreVerified_AndAlteredOnesAreNot()
    {
        var before = new Dictionary<SignatureScheme, WebhookWithSecret>();
        foreach (var scheme in Enum.GetValues<SignatureScheme>())
            before[scheme] = await _scene.CreateAsync(new NewWebhook { Events = ["ticket.created"], Scheme = scheme }, PathOf(scheme));
        await HappenAsync();
        var during = new Dictionary<SignatureScheme, WebhookWithSecret>();
        foreach (var (scheme, webhook) in before)
            during[scheme] = (await _scene.DoAsync<WebhookEndpointService, WebhookWithSecret>(webhooks => webhooks.RotateAsync(webhook.Webhook.Id, CancellationToken.None))).Value;
        await HappenAsync();

        await NodeScripts.WriteAsync(VerificationSnippets.FileOf(SnippetLanguage.JavaScript, SignatureScheme.V1a), VerificationSnippets.Of(SnippetLanguage.JavaScript, SignatureScheme.V1a));
        await Task.WhenAll(Enum.GetValues<SignatureScheme>().Select(scheme => VerifyAsync(scheme, before[scheme].Secret, during[scheme].Secret)));
    }

    private async Task VerifyAsync(SignatureScheme scheme, string old, string present)
    {
        var received = _scene.Receiver.Received.Where(r => r.Path == PathOf(scheme)).ToList();
        Assert.Equal(2 * Events, received.DistinctBy(r => r.Id).Count());
        Assert.Equal([.. Enumerable.Repeat(1, Events), .. Enumerable.Repeat(2, Events)], received.Select(r => r.Signatures.Length));

        var output = await NodeScripts.RunAsync("verify-all.mjs", JsonSerializer.Serialize(new
        {
            scheme = WireName.Of(scheme),
            otherKey = WebhookSecret.New(scheme).VerificationText,
            deliveries = received.Select(r => new
            {
                keys = r.Signatures.Length == 1 ? [old] : new[] { old, present },
                headers = r.Headers.Where(h => h.Key.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase)).ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value),
                body = Convert.ToBase64String(r.Body),
            }),
        }));

        using var report = JsonDocument.Parse(output);
        Assert.Empty(report.RootElement.GetProperty("faults").EnumerateArray().Select(fault => fault.GetString()));
        var alterations = report.RootElement.GetProperty("alterations").GetInt32();
        Assert.Equal((3 * Events, (3 * Events * alterations) + (2 * Events)), (report.RootElement.GetProperty("verified").GetInt32(), report.RootElement.GetProperty("rejected").GetInt32()));
        Assert.True(alterations >= 7);
    }

    private async Task HappenAsync()
    {
        var goal = _scene.Receiver.Received.Count + (2 * Events);
        await Parallel.ForAsync(0, Events, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
            await _scene.Ada.OpenTicketAsync($"Zähler {i} – „steht“ \u2028 🚨", description: new string((char)('a' + (i % 26)), i)));
        await Until.TrueAsync($"{goal} deliveries have come", () => _scene.Receiver.Received.Count >= goal, seconds: 120);
    }

    private static string PathOf(SignatureScheme scheme) => "/" + WireName.Of(scheme);
}
