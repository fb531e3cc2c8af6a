using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;

namespace SecureBase.Portal.Tenants;

/// <summary>A tenant's fields as staff type them.</summary>
internal sealed class TenantForm
{
    public string Name { get; set; } = "";
    public string TimeZone { get; set; } = "";
    public string Retention { get; set; } = "";
    public bool RequiresSecondFactor { get; set; }
    public Plan Plan { get; set; }
    public string Accent { get; set; } = "";

    public IReadOnlyList<QuotaField> Quotas { get; } =
    [
        new("users", "People", limits => limits.Users, detail => detail.Use.People),
        new("api_requests_per_hour", "API requests an hour", limits => limits.ApiRequestsPerHour, _ => null),
        new("webhook_endpoints", "Webhook endpoints", limits => limits.WebhookEndpoints, _ => null),
        new("tickets_per_month", "Tickets a month", limits => limits.TicketsPerMonth, detail => detail.Use.TicketsThisMonth),
    ];

    internal static TenantForm Of(TenantView tenant)
    {
        var form = new TenantForm
        {
            Name = tenant.Name,
            TimeZone = tenant.TimeZone,
            Retention = tenant.TicketRetentionDays.ToString(CultureInfo.InvariantCulture),
            RequiresSecondFactor = tenant.RequiresSecondFactor,
            Plan = tenant.Plan,
            Accent = tenant.Accent ?? "",
        };
        foreach (var (field, value) in form.Quotas.Zip(Values(tenant.Quotas)))
            field.Text = value?.ToString(CultureInfo.InvariantCulture) ?? "";
        return form;
    }

    internal bool IsChanged(TenantView tenant)
    {
        var saved = Of(tenant);
        return (Name, TimeZone, Retention, RequiresSecondFactor, Plan, Accent) != (saved.Name, saved.TimeZone, saved.Retention, saved.RequiresSecondFactor, saved.Plan, saved.Accent)
            || !Quotas.Select(q => q.Text).SequenceEqual(saved.Quotas.Select(q => q.Text));
    }

    internal bool TryReadQuotas(out QuotaOverrides quotas)
    {
        var numbers = Quotas.Select(q => q.Read()).ToList();
        quotas = new QuotaOverrides(numbers[0].Value, numbers[1].Value, numbers[2].Value, numbers[3].Value);
        return numbers.TrueForAll(n => n.IsNumber);
    }

    /// <param name="unreadable">What is no number.</param>
    internal EditTenant ToRequest(TenantView tenant, out Error? unreadable)
    {
        List<FieldError> errors = [.. Quotas.Where(q => !q.Read().IsNumber).Select(q => new FieldError("quotas." + q.Field, "This is no whole number; leave it empty to take the plan's."))];
        if (!int.TryParse(Retention.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var days))
            errors.Add(new("ticket_retention_days", "This is no whole number of days."));
        unreadable = errors.Count > 0 ? Error.Invalid(errors) : null;
        TryReadQuotas(out var quotas);
        return new EditTenant
        {
            Name = Name,
            TimeZone = TimeZone,
            TicketRetentionDays = days,
            RequiresSecondFactor = RequiresSecondFactor,
            Plan = Plan,
            Accent = Accent == (tenant.Accent ?? "") ? null : Accent,
            Quotas = quotas,
        };
    }

    private static IEnumerable<int?> Values(QuotaOverrides quotas) => [quotas.Users, quotas.ApiRequestsPerHour, quotas.WebhookEndpoints, quotas.TicketsPerMonth];
}

/// <summary>A quota that can be agreed beside the plan.</summary>
/// <param name="Field">As in the API.</param>
/// <param name="OfPlan">Null is no limit.</param>
/// <param name="Used">Null where nothing is counted yet.</param>
internal sealed record QuotaField(string Field, string Label, Func<PlanLimits, int?> OfPlan, Func<TenantDetail, int?> Used)
{
    public string Text { get; set; } = "";

    internal (bool IsNumber, int? Value) Read()
    {
        if (string.IsNullOrWhiteSpace(Text))
            return (true, null);
        return int.TryParse(Text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (true, number) : (false, null);
    }
}
