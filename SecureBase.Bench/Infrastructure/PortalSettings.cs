namespace SecureBase.Bench.Infrastructure;

internal static class PortalSettings
{
    /// <summary>Environment of a portal node on the benchmark's database, without demo data.</summary>
    public static Dictionary<string, string> For(BenchDatabase database) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ConnectionStrings__SecureBase"] = database.Connections.Owner!,
        ["ConnectionStrings__SecureBaseApp"] = database.Connections.App,
        ["ConnectionStrings__SecureBaseStaff"] = database.Connections.Staff,
        ["SecureBase__MasterKey"] = database.MasterKey,
        ["SecureBase__BaseDomain"] = "localhost",
        ["SecureBase__SeedDemo"] = "false",
        ["Logging__LogLevel__Default"] = "Warning",
    };
}
