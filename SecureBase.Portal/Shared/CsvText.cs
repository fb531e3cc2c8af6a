namespace SecureBase.Portal.Shared;

/// <summary>Text in CSV by RFC 4180 that no spreadsheet takes for a formula.</summary>
internal static class CsvText
{
    /// <summary>Quoted always; what would begin a formula begins with an apostrophe instead.</summary>
    internal static string Field(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var isFormula = text.TrimStart()[..Math.Min(1, text.TrimStart().Length)] is "=" or "+" or "-" or "@" || text[0] is '\t' or '\r' or '\n';
        return $"\"{(isFormula ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
