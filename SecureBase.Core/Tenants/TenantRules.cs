using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants;

/// <summary>What a tenant's fields may hold.</summary>
public static class TenantRules
{
    public const int NameMax = 120;
    public const int ReasonMin = 3;
    public const int ReasonMax = 500;
    public const int RetentionMin = 1;
    public const int RetentionMax = 3_650;
    public const int QuotaMax = 1_000_000;

    internal static string Slug(string? text, List<FieldError> errors)
    {
        var slug = text?.Trim().ToLowerInvariant() ?? "";
        if (SlugFault(slug) is { } fault)
            errors.Add(new("slug", fault));
        return slug;
    }

    /// <summary>What is wrong with a slug by itself, in a sentence; null when a tenant may carry it. Whether it is taken is another matter.</summary>
    public static string? SlugFault(string slug) =>
        TenantSlug.IsValid(slug) ? null
        : TenantSlug.IsReserved(slug) ? $"'{slug}' is kept for the provider's own use."
        : "A slug has 3 to 40 characters of a-z, 0-9 and '-', with a letter or digit at both ends, no '--', and is not a reserved name.";

    internal static string Name(string? text, List<FieldError> errors)
    {
        var name = text?.Trim() ?? "";
        if (name.Length is < 1 or > NameMax || name.Any(char.IsControl))
            errors.Add(new("name", $"A name has 1 to {NameMax} characters, in one line."));
        return name;
    }

    internal static string TimeZone(string? text, List<FieldError> errors)
    {
        var zone = text?.Trim() ?? "";
        if (zone.Length > 64 || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) || !found.HasIanaId)
            errors.Add(new("time_zone", $"'{(zone.Length > 64 ? zone[..64] + "…" : zone)}' is no IANA time zone, such as Europe/Berlin."));
        return zone;
    }

    /// <summary>Null for the portal's own colour.</summary>
    internal static string? Accent(string text, List<FieldError> errors)
    {
        var colour = text.Trim().ToLowerInvariant();
        if (colour.Length == 0)
            return null;
        if (!AccentPalette.IsColour(colour))
            errors.Add(new("accent", "A colour is # and six hexadecimal digits, such as #0b655f."));
        return colour;
    }

    internal static string Reason(string? text, List<FieldError> errors)
    {
        var reason = text?.Trim() ?? "";
        if (reason.Length is < ReasonMin or > ReasonMax)
            errors.Add(new("reason", $"Say why, in {ReasonMin} to {ReasonMax} characters."));
        return reason;
    }

    internal static void Retention(int days, List<FieldError> errors)
    {
        if (days is < RetentionMin or > RetentionMax)
            errors.Add(new("ticket_retention_days", string.Create(CultureInfo.InvariantCulture, $"Closed tickets are kept for {RetentionMin} to {RetentionMax:N0} days.")));
    }

    internal static void Quotas(QuotaOverrides quotas, List<FieldError> errors)
    {
        foreach (var (field, value) in new[]
        {
            ("users", quotas.Users), ("api_requests_per_hour", quotas.ApiRequestsPerHour), ("webhook_endpoints", quotas.WebhookEndpoints), ("tickets_per_month", quotas.TicketsPerMonth),
        })
        {
            if (value is < 0 or > QuotaMax)
                errors.Add(new("quotas." + field, string.Create(CultureInfo.InvariantCulture, $"A quota is 0 to {QuotaMax:N0}; leave it empty to take the plan's.")));
        }
    }
}
