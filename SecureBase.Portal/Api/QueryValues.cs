using Microsoft.Extensions.Primitives;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Api;

/// <summary>Reads query parameters by the contract's spelling and collects what is wrong with them, instead of failing at the first.</summary>
internal sealed class QueryValues(IQueryCollection query)
{
    private readonly List<FieldError> _errors = [];

    /// <summary>Lets an endpoint take it as a parameter.</summary>
    public static ValueTask<QueryValues> BindAsync(HttpContext context) => new(new QueryValues(context.Request.Query));

    /// <summary>The problem of all that was wrong, or null.</summary>
    internal ApiProblem? Problem => _errors.Count == 0 ? null : ApiProblems.OfQuery(Error.Invalid(_errors));

    /// <summary>Several values: separated by commas, or the parameter repeated. Empty when absent.</summary>
    internal IReadOnlyList<TEnum> Many<TEnum>(string name) where TEnum : struct, Enum
    {
        List<TEnum> values = [];
        foreach (var text in Texts(name))
        {
            if (WireName.TryParse<TEnum>(text, out var value))
                values.Add(value);
            else
                _errors.Add(new(name, $"'{Shorten(text)}' is none of {string.Join(", ", WireName.All<TEnum>())}."));
        }

        return values;
    }

    /// <summary>What stands between commas, in however many parameters of the name.</summary>
    internal IEnumerable<string> Texts(string name) =>
        query[name].SelectMany(text => (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Tenants by their slugs, like <see cref="Many{TEnum}"/>.</summary>
    internal IReadOnlyList<string> Slugs(string name)
    {
        var slugs = Texts(name).Distinct().ToList();
        _errors.AddRange(slugs.Where(slug => !TenantSlug.IsWellFormed(slug)).Select(slug => new FieldError(name, $"'{Shorten(slug)}' is no tenant's slug.")));
        return slugs;
    }

    internal string? Text(string name)
    {
        if (Single(name) is not { } text)
            return null;
        if (!text.Contains('\0', StringComparison.Ordinal))
            return text;
        _errors.Add(new(name, "The text contains a NUL character: take it out."));
        return null;
    }

    internal int Number(string name, int otherwise)
    {
        if (Single(name) is not { } text)
            return otherwise;
        if (int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number))
            return number;
        _errors.Add(new(name, $"'{Shorten(text)}' is no whole number."));
        return otherwise;
    }

    /// <param name="none">The word that stands for "nobody", read as <see cref="Guid.Empty"/>.</param>
    internal Guid? Id(string name, string none)
    {
        if (Single(name) is not { } text)
            return null;
        if (text == none)
            return Guid.Empty;
        if (Guid.TryParseExact(text, "D", out var id))
            return id;
        _errors.Add(new(name, $"'{Shorten(text)}' is neither an id nor '{none}'."));
        return null;
    }

    internal Guid? Id(string name)
    {
        if (Single(name) is not { } text)
            return null;
        if (Guid.TryParseExact(text, "D", out var id))
            return id;
        _errors.Add(new(name, $"'{Shorten(text)}' is no id."));
        return null;
    }

    /// <summary>Whether it is <c>true</c>; absent is false.</summary>
    internal bool Flag(string name)
    {
        if (Single(name) is not { } text)
            return false;
        if (text is not ("true" or "false"))
            _errors.Add(new(name, $"'{Shorten(text)}' is neither true nor false."));
        return text == "true";
    }

    internal TEnum? One<TEnum>(string name) where TEnum : struct, Enum
    {
        if (Single(name) is not { } text)
            return null;
        if (WireName.TryParse<TEnum>(text, out var value))
            return value;
        _errors.Add(new(name, $"'{Shorten(text)}' is none of {string.Join(", ", WireName.All<TEnum>())}."));
        return null;
    }

    /// <summary>An instant by RFC 3339, or a date, which begins at midnight UTC.</summary>
    internal DateTimeOffset? Instant(string name)
    {
        if (Single(name) is not { } text)
            return null;
        if (DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var at))
            return at.ToUniversalTime();
        _errors.Add(new(name, $"'{Shorten(text)}' is no time like 2026-11-22T04:05:06Z or 2026-11-22."));
        return null;
    }

    /// <summary>A calendar day.</summary>
    internal DateOnly? Day(string name)
    {
        if (Single(name) is not { } text)
            return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var day))
            return day;
        _errors.Add(new(name, $"'{Shorten(text)}' is no day like 2026-11-22."));
        return null;
    }

    private string? Single(string name)
    {
        StringValues values = query[name];
        if (values.Count > 1)
            _errors.Add(new(name, $"{name} is given {values.Count} times; it takes one value."));
        return values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null : values[0];
    }

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
