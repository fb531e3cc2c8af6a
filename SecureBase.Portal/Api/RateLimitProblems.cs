using System.Globalization;
using Microsoft.Net.Http.Headers;
using SecureBase.Core.Access.Metering;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Api;

/// <summary>429, saying which limit was met, when to come back, and what to do if that is too late.</summary>
internal static class RateLimitProblems
{
    internal static ApiProblem Example => Refusal("api_quota_exceeded", "tenant", TimeSpan.FromMinutes(17),
        "Your plan, fintech, includes 5,000 API requests an hour, and all are used. They begin anew in 17 minutes; a larger plan has more, and staff can agree on another limit.");

    internal static ApiProblem TooManyFailures(Standing standing) => Refusal(
        "too_many_failures", "address", standing.ResetsIn,
        $"Your address has sent {Number(standing.Limit)} keys in a minute that were refused. Keys are looked at again in {Words(standing.ResetsIn)}; check which one your program sends.");

    internal static ApiProblem Of(Admission admission, TenantInfo tenant)
    {
        var standing = admission.Standing;
        var name = RateLimitFields.Name(admission.Nearest);
        return admission.Nearest switch
        {
            Quota.Tenant => Refusal("api_quota_exceeded", name, standing.ResetsIn,
                $"{QuotaWords.Included(tenant, standing.Limit, plan => plan.ApiRequestsPerHour, "API requests an hour")}, and all are used. They begin anew in {Words(standing.ResetsIn)}; a larger plan has more, and staff can agree on another limit."),
            Quota.Key => Refusal("key_limit_exceeded", name, standing.ResetsIn,
                $"This key may send {Number(standing.Limit)} requests an hour, and all are used. They begin anew in {Words(standing.ResetsIn)}; whoever manages the key can change its limit."),
            _ => Refusal("burst_limit_exceeded", name, standing.ResetsIn,
                $"One key may send {Number(standing.Limit)} requests within {RequestLimitOptions.BurstWindow.TotalSeconds:F0} seconds. Spread them out; the hour's requests are not used up."),
        };
    }

    private static ApiProblem Refusal(string code, string quota, TimeSpan retryAfter, string detail) => new()
    {
        Status = StatusCodes.Status429TooManyRequests,
        Code = code,
        Title = "Too many requests",
        Detail = detail,
        ViolatedPolicies = [quota],
        Headers = new Dictionary<string, string> { [HeaderNames.RetryAfter] = RateLimitFields.Seconds(retryAfter).ToString(CultureInfo.InvariantCulture) },
    };

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Words(TimeSpan time) => RateLimitFields.Seconds(time) is var seconds && seconds < 120
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds} {(seconds == 1 ? "second" : "seconds")}")
        : string.Create(CultureInfo.InvariantCulture, $"{(seconds + 59) / 60} minutes");
}
