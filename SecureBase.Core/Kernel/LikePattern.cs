namespace SecureBase.Core.Kernel;

/// <summary>Patterns for SQL's <c>like … escape '\'</c>, in which what people type stands for itself.</summary>
internal static class LikePattern
{
    /// <summary>Matches every text that holds this one.</summary>
    internal static string Containing(string text) => $"%{Exactly(text)}%";

    /// <summary>Matches this text alone; with <c>ilike</c>, in any case.</summary>
    internal static string Exactly(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
