using System.Globalization;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Access.Components;

internal enum KeyExpiry { Unchanged, Days30, Days90, Days365, OnDate, Never }

/// <summary>A key as it stands in the form.</summary>
internal sealed class ApiKeyDraft
{
    public string? Name { get; set; }
    public string? Description { get; set; }
    public HashSet<string> Scopes { get; } = [];
    public KeyExpiry Expiry { get; set; } = KeyExpiry.Days90;
    public DateOnly? LastDay { get; set; }
    /// <summary>One a line, or separated by commas.</summary>
    public string? Networks { get; set; }
    public string? Limit { get; set; }

    internal static ApiKeyDraft Of(ApiKeyView key) => new()
    {
        Name = key.Name,
        Description = key.Description,
        Expiry = KeyExpiry.Unchanged,
        Networks = string.Join('\n', key.IpAllowList),
        Limit = key.RequestsPerHour?.ToString(CultureInfo.InvariantCulture),
    };

    internal void Choose(string scope, bool chosen)
    {
        if (chosen)
            Scopes.Add(scope);
        else
            Scopes.Remove(scope);
    }

    internal (NewApiKey Request, Error? Problem) ToNew(ViewerTime viewer)
    {
        var problem = Read(viewer, out var expiresAt, out var limit);
        return (new NewApiKey { Name = Name, Description = Description, Scopes = [.. Scopes], ExpiresAt = expiresAt, IpAllowList = Entries(), RequestsPerHour = limit }, problem);
    }

    internal (EditApiKey Request, Error? Problem) ToEdit(ViewerTime viewer)
    {
        var problem = Read(viewer, out var expiresAt, out var limit);
        return (new EditApiKey
        {
            Name = Name ?? "", Description = Description ?? "", IpAllowList = Entries(), RequestsPerHour = limit ?? 0, ExpiresAt = expiresAt, NeverExpires = Expiry == KeyExpiry.Never ? true : null,
        }, problem);
    }

    private Error? Read(ViewerTime viewer, out DateTimeOffset? expiresAt, out int? limit)
    {
        expiresAt = Expiry switch
        {
            KeyExpiry.Days30 => viewer.Now.AddDays(30),
            KeyExpiry.Days90 => viewer.Now.AddDays(90),
            KeyExpiry.Days365 => viewer.Now.AddDays(365),
            KeyExpiry.OnDate when LastDay is { } day && day < DateOnly.MaxValue => viewer.EndOf(day),
            _ => null,
        };
        var text = Limit?.Replace(",", "", StringComparison.Ordinal).Trim();
        limit = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        List<FieldError> errors = [];
        if (Expiry == KeyExpiry.OnDate && expiresAt is null)
            errors.Add(new("expires_at", "Choose the last day on which the key works."));
        if (!string.IsNullOrEmpty(text) && limit is null or 0)
            errors.Add(new("requests_per_hour", "A limit is a whole number from 1; leave it empty for none."));
        return errors.Count > 0 ? Error.Invalid(errors) : null;
    }

    private string[] Entries() => (Networks ?? "").Split(['\n', '\r', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
