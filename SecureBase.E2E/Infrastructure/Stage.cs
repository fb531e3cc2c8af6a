using System.Security.Cryptography;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.E2E.Infrastructure;

/// <summary>What all journeys share: one database, two nodes on it, and one browser. Each journey brings tenants of its own.</summary>
internal sealed class Stage
{
    private static readonly Lazy<Task<Stage>> Shared = new(OpenAsync);

    private readonly TestDatabase _database;

    private Stage(TestDatabase database, string masterKey, Product product, Chromium chromium, PortalServer first, PortalServer second) =>
        (_database, MasterKey, Product, Chromium, First, Second) = (database, masterKey, product, chromium, first, second);

    public DatabaseConnections Database => _database.Connections;

    /// <summary>For a journey that has to hold the database back.</summary>
    public string SuperuserConnectionString => _database.SuperuserConnectionString;

    public string MasterKey { get; }

    public Product Product { get; }

    public Chromium Chromium { get; }

    public PortalServer First { get; }

    public PortalServer Second { get; }

    /// <summary>What the nodes have sent.</summary>
    public static MailFolder Mails => new(Path.Combine(DataDirectory.Value, "mail"));

    public static Task<Stage> GetAsync() => Shared.Value;

    /// <summary>The environment of a node on a database.</summary>
    public static Dictionary<string, string> SettingsFor(DatabaseConnections database, string masterKey) => new()
    {
        ["ConnectionStrings__SecureBase"] = database.Owner!,
        ["ConnectionStrings__SecureBaseApp"] = database.App,
        ["ConnectionStrings__SecureBaseStaff"] = database.Staff,
        ["SecureBase__MasterKey"] = masterKey,
        ["SecureBase__DataDirectory"] = DataDirectory.Value,
        ["RequestLimits__SmallestBurst"] = "1000000",
        // Customers' receivers are on this machine; what they refuse is tried once more.
        ["Webhooks__AllowedNetworks"] = "127.0.0.0/8",
        ["Webhooks__RetrySchedule"] = "00:00:01",
    };

    public static string NewMasterKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static readonly Lazy<string> DataDirectory = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("sb-e2e-");
        TestRun.AtEnd(() =>
        {
            folder.Delete(recursive: true);
            return Task.CompletedTask;
        });
        return folder.FullName;
    });

    private static async Task<Stage> OpenAsync()
    {
        var cluster = await TestCluster.GetAsync();
        var database = await cluster.CreateDatabaseAsync();
        var settings = SettingsFor(database.Connections, NewMasterKey());
        var chromium = Kept(Chromium.LaunchAsync());
        // One after the other: the second finds the key ring that the first has made.
        var first = await Kept(PortalServer.StartAsync(settings));
        var second = await Kept(PortalServer.StartAsync(settings));
        var product = new Product(database.Connections, settings["SecureBase__MasterKey"]);
        TestRun.AtEnd(async () => await product.DisposeAsync());
        return new Stage(database, settings["SecureBase__MasterKey"], product, await chromium, first, second);
    }

    private static async Task<T> Kept<T>(Task<T> opening) where T : IAsyncDisposable
    {
        var opened = await opening;
        TestRun.AtEnd(async () => await opened.DisposeAsync());
        return opened;
    }
}
