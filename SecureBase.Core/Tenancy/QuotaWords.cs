using System.Globalization;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Tenancy;

/// <summary>A used-up quota in words: whether the plan says so or staff agreed on it.</summary>
public static class QuotaWords
{
    /// <summary><c>Your plan, standard, includes 5 tickets a month</c>: the beginning of a sentence.</summary>
    /// <param name="limit">As it holds now.</param>
    /// <param name="ofPlan">The same limit of a plan.</param>
    /// <param name="what">What it counts, and in which time.</param>
    public static string Included(TenantInfo tenant, int limit, Func<PlanLimits, int?> ofPlan, string what)
    {
        var number = limit.ToString("N0", CultureInfo.InvariantCulture);
        return limit == ofPlan(PlanLimits.Of(tenant.Plan))
            ? $"Your plan, {WireName.Of(tenant.Plan)}, includes {number} {what}"
            : $"Your organisation has {number} {what}, as agreed beside its plan, {WireName.Of(tenant.Plan)}";
    }
}
