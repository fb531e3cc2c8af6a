namespace SecureBase.Bench.Infrastructure;

internal static class PortalSettings
{
    /// <summary>Where receivers of webhooks listen.</summary>
    public const string Loopback = "127.0.0.0/8";

    /// <summary>Environment of a portal node on the benchmark's database, without demo data.</summary>
    /// <param name="forBrowsers">Whether pages are asked for: over plain HTTP they need Development, as do the files of a build that was not published.</param>
    public static Dictionary<string, string> For(BenchDatabase database, bool forBrowsers = false) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = forBrowsers ? "Development" : "Production",
        ["ConnectionStrings__SecureBase"] = database.Connections.Owner!,
        ["ConnectionStrings__SecureBaseApp"] = database.Connections.App,
        ["ConnectionStrings__SecureBaseStaff"] = database.Connections.Staff,
        ["SecureBase__MasterKey"] = database.MasterKey,
        ["SecureBase__BaseDomain"] = "localhost",
        ["SecureBase__SeedDemo"] = "false",
        ["Webhooks__AllowedNetworks"] = Loopback,
        ["Logging__LogLevel__Default"] = "Warning",
    };
}
