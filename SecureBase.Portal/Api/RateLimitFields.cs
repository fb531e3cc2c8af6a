using System.Collections.Concurrent;
using System.Globalization;
using SecureBase.Core.Access.Metering;

namespace SecureBase.Portal.Api;

/// <summary>
/// How a caller's limits stand, in every answer: <c>RateLimit-Limit</c>, <c>-Remaining</c> and <c>-Reset</c> (seconds) of the nearest limit, and
/// <c>RateLimit</c> and <c>RateLimit-Policy</c> as draft-ietf-httpapi-ratelimit-headers-10 has them.
/// </summary>
internal static class RateLimitFields
{
    internal const string Limit = "RateLimit-Limit";
    internal const string Remaining = "RateLimit-Remaining";
    internal const string Reset = "RateLimit-Reset";
    internal const string Current = "RateLimit";
    internal const string Policy = "RateLimit-Policy";

    /// <summary>What every answer carries.</summary>
    internal static readonly IReadOnlyList<string> All = [Limit, Remaining, Reset, Current, Policy];

    private const int MostPolicies = 10_000;
    private static readonly ConcurrentDictionary<(int, int?, int), string> Policies = new();

    /// <summary>Each limit's name, in fields and problems.</summary>
    internal static string Name(Quota quota) => quota switch
    {
        Quota.Tenant => "tenant",
        Quota.Key => "key",
        Quota.Burst => "burst",
        _ => throw new ArgumentOutOfRangeException(nameof(quota), quota, "Unknown quota"),
    };

    internal static void Put(HttpResponse response, Admission admission) => Put(response, new Fields(Name(admission.Nearest), admission.Standing, PolicyOf(admission)));

    /// <summary>For callers who are nobody yet: what their address may still get wrong.</summary>
    internal static void PutFailures(HttpResponse response, Standing standing) =>
        Put(response, new Fields("address", standing, string.Create(CultureInfo.InvariantCulture, $"\"address\";q={standing.Limit};w=60")));

    internal static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));

    // At the last moment: whatever fails on the way clears what was set before.
    private static void Put(HttpResponse response, Fields fields) => response.OnStarting(static state =>
    {
        var (response, fields) = ((HttpResponse, Fields))state;
        fields.Write(response.Headers);
        return Task.CompletedTask;
    }, (response, fields));

    private static string PolicyOf(Admission admission)
    {
        var limits = (admission.TenantLimit, admission.KeyLimit, admission.BurstLimit);
        if (Policies.TryGetValue(limits, out var known))
            return known;
        if (Policies.Count > MostPolicies)
            Policies.Clear();
        var ofKey = admission.KeyLimit is { } key ? string.Create(CultureInfo.InvariantCulture, $", \"key\";q={key};w=3600") : "";
        return Policies[limits] = string.Create(CultureInfo.InvariantCulture,
            $"\"tenant\";q={admission.TenantLimit};w=3600{ofKey}, \"burst\";q={admission.BurstLimit};w={RequestLimitOptions.BurstWindow.TotalSeconds:F0}");
    }

    private sealed record Fields(string Name, Standing Standing, string Policy)
    {
        internal void Write(IHeaderDictionary headers)
        {
            var (remaining, reset) = (Standing.Remaining.ToString(CultureInfo.InvariantCulture), Seconds(Standing.ResetsIn).ToString(CultureInfo.InvariantCulture));
            headers[Limit] = Standing.Limit.ToString(CultureInfo.InvariantCulture);
            headers[Remaining] = remaining;
            headers[Reset] = reset;
            headers[Current] = $"\"{Name}\";r={remaining};t={reset}";
            headers[RateLimitFields.Policy] = Policy;
        }
    }
}
