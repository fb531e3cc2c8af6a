using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

/// <summary>What a key must be like, whoever makes it.</summary>
internal static class ApiKeyRules
{
    private const int MaxRequestsPerHour = 1_000_000;
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(3_653);

    internal static string Name(string? text, List<FieldError> errors)
    {
        var name = text?.Trim() ?? "";
        if (name.Length is < 1 or > ApiKey.NameMax)
            errors.Add(new("name", $"A key needs a name of 1 to {ApiKey.NameMax} characters that says what uses it."));
        else if (name.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0)
            errors.Add(new("name", "The name is a single line: take out line breaks, tabs and control characters."));
        Unstorable(name, "name", errors);
        return name;
    }

    internal static string? Description(string? text, List<FieldError> errors)
    {
        var description = text?.Trim() ?? "";
        if (description.Length > ApiKey.DescriptionMax)
            errors.Add(new("description", $"The description may have up to {ApiKey.DescriptionMax} characters; this one has {description.Length}."));
        if (description.Contains('\0', StringComparison.Ordinal))
            errors.Add(new("description", "The description contains a NUL character: take it out."));
        Unstorable(description, "description", errors);
        return description.Length == 0 ? null : description;
    }

    internal static string[] Scopes(IReadOnlyList<string>? scopes, bool isOperator, List<FieldError> errors)
    {
        var allowed = ApiScopes.For(isOperator);
        if (scopes is null or [])
            errors.Add(new("scopes", $"Name at least one scope: {string.Join(", ", allowed)}."));
        else if (scopes.FirstOrDefault(s => !allowed.Contains(s)) is { } unknown)
            errors.Add(new("scopes", $"'{Shorten(unknown)}' is no scope of this tenant. The scopes are {string.Join(", ", allowed)}."));
        else if (scopes.Any(s => s is null))
            errors.Add(new("scopes", "A scope is a word, not null."));
        // In the contract's order, whatever order they came in.
        return scopes is null ? [] : [.. allowed.Where(scopes.Contains)];
    }

    internal static string[] Networks(IReadOnlyList<string>? entries, List<FieldError> errors)
    {
        List<string> networks = [];
        if (entries?.Count > Access.IpAllowList.MaxEntries)
        {
            errors.Add(new("ip_allow_list", $"The list takes up to {Access.IpAllowList.MaxEntries} networks; these are {entries.Count}."));
            return [];
        }
        foreach (var entry in entries ?? [])
        {
            if (Access.IpAllowList.TryParse(entry, out var network, out var fault))
                networks.Add(Access.IpAllowList.Write(network));
            else
                errors.Add(new("ip_allow_list", $"'{Shorten(entry ?? "null")}' {fault}"));
        }
        return [.. networks.Distinct(StringComparer.Ordinal)];
    }

    internal static DateTimeOffset? Expiry(DateTimeOffset? expiresAt, DateTimeOffset now, List<FieldError> errors)
    {
        if (expiresAt <= now)
            errors.Add(new("expires_at", "The expiry lies in the future."));
        else if (expiresAt > now + LongestLife)
            errors.Add(new("expires_at", "The expiry lies in the next ten years; a key without one never expires."));
        // To the microsecond PostgreSQL keeps, so that the answer says what a later one will.
        return expiresAt?.ToUniversalTime() is { } at ? at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond)) : null;
    }

    internal static int? Limit(int? requestsPerHour, List<FieldError> errors)
    {
        if (requestsPerHour is < 1 or > MaxRequestsPerHour)
            errors.Add(new("requests_per_hour", $"A key's own limit is 1 to {MaxRequestsPerHour:N0} requests an hour; leave it out for the tenant's alone."));
        return requestsPerHour;
    }

    internal static Error? Validate(ApiKeyQuery query)
    {
        List<FieldError> errors = [];
        if (query.Limit is < 1 or > ApiKeyQuery.MaxLimit)
            errors.Add(new("limit", $"The limit is 1 to {ApiKeyQuery.MaxLimit}."));
        if (query.Text?.Length > ApiKeyQuery.SearchMax)
            errors.Add(new("q", $"Search for up to {ApiKeyQuery.SearchMax} characters."));
        if (query.Text?.Contains('\0', StringComparison.Ordinal) == true)
            errors.Add(new("q", "The search text contains a NUL character: take it out."));
        if (query.Cursor is not null && !Cursor.TryParse(query.Cursor, out _))
            errors.Add(new("cursor", "This is no cursor of ours: take next_cursor from the previous page, unchanged."));
        return errors.Count > 0 ? Error.Invalid(errors) : null;
    }

    /// <summary>The role a key made by this actor acts with: the actor's own, so that it may never do more; the highest for keys the product itself makes.</summary>
    internal static string RoleFor(Actor actor, TenantInfo tenant) =>
        actor.TenantId == tenant.Id && actor.Kind != ActorKind.System ? actor.Role : tenant.IsOperator ? Roles.PlatformAdmin : Roles.Admin;

    /// <summary>Whether who has the second role may hold the secret of a key that acts with the first.</summary>
    internal static bool IsAtMost(string keysRole, string role) => Rank(keysRole) <= Rank(role);

    private static int Rank(string role) => role switch
    {
        Roles.Admin or Roles.PlatformAdmin => 2,
        Roles.Manager or Roles.Lead => 1,
        _ => 0,
    };

    // Half of a surrogate pair is no character and cannot be stored as UTF-8.
    private static void Unstorable(string text, string field, List<FieldError> errors)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
            {
                errors.Add(new(field, "The text contains half a character (an unpaired surrogate): take it out."));
                return;
            }
        }
    }

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
