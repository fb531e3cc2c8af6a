namespace SecureBase.Tests.Isolation;

/// <summary>What tenants' data can be reached through.</summary>
internal enum SurfaceKind { Entity, Route, Page, Download, HubMethod, Job }

/// <summary>Which of the two locks are on, in the words of the certificate.</summary>
internal static class LockSetting
{
    internal const string Both = "both locks";
    internal const string RowSecurityAlone = "row-level security alone";
    internal const string FilterAlone = "the query filter alone";
    internal const string None = "no locks";

    internal static readonly IReadOnlyList<string> ThatMustHold = [Both, RowSecurityAlone, FilterAlone];

    internal static string Of(bool filter, bool rowSecurity) => (filter, rowSecurity) switch
    {
        (true, true) => Both,
        (false, true) => RowSecurityAlone,
        (true, false) => FilterAlone,
        _ => None,
    };
}
