using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks;

namespace SecureBase.Portal.Webhooks;

/// <summary>Webhooks in words and numbers, as pages show them.</summary>
internal static class WebhookWords
{
    /// <summary>What an endpoint is called: its description, or where it leads.</summary>
    internal static string NameOf(WebhookView webhook) => webhook.Description ?? AddressOf(webhook);

    /// <summary>Without the scheme and what follows the path.</summary>
    internal static string AddressOf(WebhookView webhook)
    {
        var url = new Uri(webhook.Url);
        return url.Authority + (url.AbsolutePath == "/" ? "" : url.AbsolutePath);
    }

    internal static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share * 1000) / 10:0.#} %");

    internal static string Milliseconds(int latency) => string.Create(CultureInfo.InvariantCulture, $"{latency:N0} ms");

    /// <summary>A count that is given up at a limit.</summary>
    internal static string Counted(int count) => count >= WebhookHealth.CountedPending ? string.Create(CultureInfo.InvariantCulture, $"{WebhookHealth.CountedPending:N0}+") : count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>What a receiver answered, in a word: the status, or why there is none.</summary>
    internal static string AnswerOf(WebhookAttemptView attempt) =>
        attempt.StatusCode?.ToString(CultureInfo.InvariantCulture)
        ?? (attempt.Outcome == AttemptOutcome.Interrupted ? "interrupted" : attempt.Error?.StartsWith("No answer within", StringComparison.Ordinal) == true ? "timeout" : "no answer");

    internal static string Standing(EndpointStanding standing) => standing == EndpointStanding.Healthy ? WireName.Of(EndpointStatus.Enabled) : WireName.Of(standing);
}
