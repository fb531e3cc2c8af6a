namespace SecureBase.Portal.Account;

/// <summary>Return addresses lead to a path of this host and nowhere else.</summary>
internal static class LocalUrl
{
    /// <summary>The address if it is a local path, else <c>/</c>. Refuses <c>//host</c>, <c>/\host</c>, schemes and control characters.</summary>
    internal static string OrStart(string? url) =>
        url is ['/', ..] and not (['/', '/' or '\\', ..]) && !url.Any(char.IsControl) ? url : "/";
}
