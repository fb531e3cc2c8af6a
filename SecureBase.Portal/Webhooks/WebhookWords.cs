using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Webhooks;

namespace SecureBase.Portal.Webhooks;

/// <summary>Webhooks in words and numbers, as pages show them.</summary>
internal static class WebhookWords
{
    /// <summary>What an endpoint is called: its description, or where it leads.</summary>
    internal static string NameOf(WebhookView webhook) => webhook.Description ?? AddressOf(webhook.Url);

    internal static string NameOf(WatchedEndpoint endpoint) => endpoint.Description ?? AddressOf(endpoint.Origin);

    /// <summary>Without the scheme and what follows the path.</summary>
    internal static string AddressOf(string address)
    {
        var url = new Uri(address);
        return url.Authority + (url.AbsolutePath == "/" ? "" : url.AbsolutePath);
    }

    internal static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share * 1000) / 10:0.#} %");

    internal static string Milliseconds(int latency) => string.Create(CultureInfo.InvariantCulture, $"{latency:N0} ms");

    /// <summary>A failure without what every one of them says: <c>503 Service Unavailable</c>.</summary>
    internal static string? Brief(string? error)
    {
        const string Answered = "The receiver answered ";
        return error is null ? null : error.StartsWith(Answered, StringComparison.Ordinal) ? error[Answered.Length..].TrimEnd('.') : error;
    }

    /// <summary><c>1 delivery is</c>, <c>14 deliveries are</c>.</summary>
    internal static string Deliveries(int count) => $"{Counted(count)} {(count == 1 ? "delivery is" : "deliveries are")}";

    /// <summary>A wait of the schedule in its largest units: <c>5 s</c>, <c>30 min</c>, <c>2 h</c>, <c>75 h 35 min</c>.</summary>
    internal static string Wait(TimeSpan wait) => wait switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{wait.TotalSeconds:0.#} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{wait.TotalMinutes:0} min"),
        { Minutes: 0 } => string.Create(CultureInfo.InvariantCulture, $"{(int)wait.TotalHours} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)wait.TotalHours} h {wait.Minutes} min"),
    };

    /// <summary>A count that is given up at a limit.</summary>
    internal static string Counted(int count) => count >= WebhookHealth.CountedPending ? string.Create(CultureInfo.InvariantCulture, $"{WebhookHealth.CountedPending:N0}+") : count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>What a receiver answered, in a word: the status, or why there is none.</summary>
    internal static string AnswerOf(WebhookAttemptView attempt) =>
        attempt.StatusCode?.ToString(CultureInfo.InvariantCulture)
        ?? (attempt.Outcome == AttemptOutcome.Interrupted ? "interrupted" : attempt.Error?.StartsWith("No answer within", StringComparison.Ordinal) == true ? "timeout" : "no answer");

    internal static string Standing(EndpointStanding standing) => standing == EndpointStanding.Healthy ? WireName.Of(EndpointStatus.Enabled) : WireName.Of(standing);
}
