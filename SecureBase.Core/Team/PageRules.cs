using SecureBase.Core.Kernel;

namespace SecureBase.Core.Team;

internal static class PageRules
{
    internal static Error? Check(int limit, string? cursor, string? text = null)
    {
        List<FieldError> errors = [];
        if (limit is < 1 or > 100)
            errors.Add(new("limit", "The limit is 1 to 100."));
        if (cursor is not null && !Cursor.TryParse(cursor, out _))
            errors.Add(new("cursor", "This is no cursor of ours: take next_cursor from the previous page, unchanged."));
        if (text?.Length > TeamQuery.TextMax)
            errors.Add(new("q", $"Search for up to {TeamQuery.TextMax} characters."));
        if (text?.Contains('\0', StringComparison.Ordinal) == true)
            errors.Add(new("q", "The search text contains a NUL character: take it out."));
        return errors.Count > 0 ? Error.Invalid(errors) : null;
    }
}
