using System.Globalization;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Tenants;

/// <summary>A plan's limits in words.</summary>
internal static class PlanWords
{
    internal static string Of(PlanLimits limits) => string.Create(CultureInfo.InvariantCulture,
        $"{limits.Users} people, {limits.ApiRequestsPerHour:N0} API requests an hour, {limits.WebhookEndpoints} webhook endpoints, {(limits.TicketsPerMonth is { } tickets ? $"{tickets} tickets a month" : "tickets without limit")}");

    internal static string Number(int? limit) => limit is { } number ? number.ToString("N0", CultureInfo.InvariantCulture) : "no limit";
}
