namespace SecureBase.Core.Kernel;

/// <summary>What an expected failure means to the caller; each kind maps to one HTTP status in the portal.</summary>
public enum ErrorKind
{
    /// <summary>Nothing of that id is visible to the caller (404). Says nothing about other tenants.</summary>
    NotFound,
    /// <summary>A field breaks its rule (422); <see cref="Error.Fields"/> names each.</summary>
    Invalid,
    /// <summary>The state forbids the change (409).</summary>
    Conflict,
    /// <summary>The caller lacks the permission (403); the attempt is audited.</summary>
    Forbidden,
    /// <summary>Someone else changed it first (412 through the API).</summary>
    Stale,
    /// <summary>A plan's quota is used up (429).</summary>
    QuotaExceeded,
}

/// <summary>One broken rule.</summary>
/// <param name="Field">The field's name as in the API, snake_case.</param>
/// <param name="Message">What is wrong and how to put it right, as a sentence for people.</param>
public sealed record FieldError(string Field, string Message);

/// <summary>An expected failure, as data. Bugs and outages are exceptions.</summary>
/// <param name="Kind">What it means to the caller.</param>
/// <param name="Code">Stable machine name, snake_case.</param>
/// <param name="Message">A sentence for people: what happened, what is safe, what comes next.</param>
public sealed record Error(ErrorKind Kind, string Code, string Message)
{
    /// <summary>The broken fields; empty unless <see cref="Kind"/> is <see cref="ErrorKind.Invalid"/>.</summary>
    public IReadOnlyList<FieldError> Fields { get; init; } = [];

    /// <summary>After how long the same may be accepted; null when time alone changes nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static Error NotFound(string what) => new(ErrorKind.NotFound, "not_found", $"There is no such {what}.");

    public static Error Invalid(IReadOnlyList<FieldError> fields) =>
        new(ErrorKind.Invalid, "invalid", fields.Count == 1 ? fields[0].Message : $"{fields.Count} fields need your attention.") { Fields = fields };

    public static Error Invalid(string field, string message) => Invalid([new FieldError(field, message)]);

    public static Error Forbidden(Permission permission) =>
        new(ErrorKind.Forbidden, "forbidden", $"This needs the permission {permission.Name}, which your role does not include.");

    public static Error Stale(string what) =>
        new(ErrorKind.Stale, "stale", $"This {what} was changed by someone else since you opened it. Nothing of yours was saved or lost; look at the change and send yours again.");
}
