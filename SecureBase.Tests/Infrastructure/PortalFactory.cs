using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks.Targets;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.Tests.Infrastructure;

/// <summary>What a test's portal has different from a real one.</summary>
public sealed record PortalSettings
{
    /// <summary>Development serves plain HTTP; Production insists on Secure cookies, so its visitors come by https.</summary>
    public string Environment { get; init; } = "Development";

    /// <summary>Null takes the system's clock.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>True serves on a real socket of the loopback interface, as WebSockets, browsers and races between nodes need.</summary>
    public bool OnSocket { get; init; }

    /// <summary>Further settings, e.g. <c>("SecureBase:TrustedProxies:0", "10.0.0.0/8")</c>.</summary>
    public IReadOnlyList<(string Key, string? Value)> More { get; init; } = [];

    /// <summary>Replaces services after the portal has registered its own.</summary>
    public Action<IServiceCollection>? Services { get; init; }
}

/// <summary>
/// One node: the whole portal as <c>Program</c> composes it, on a migrated database, without demo data and without scheduled jobs. Several may share a database.
/// Passwords are hashed with few rounds, so that a test's people cost nothing.
/// </summary>
public sealed class PortalFactory : WebApplicationFactory<Program>
{
    public const string BaseDomain = "localhost";

    // All nodes of a run read each other's cookies, as nodes of one installation do.
    private static readonly string MasterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly DatabaseConnections _database;
    private readonly PortalSettings _settings;
    private readonly TestFolder _data = new();

    private PortalFactory(DatabaseConnections database, PortalSettings settings) => (_database, _settings) = (database, settings);

    public static async Task<PortalFactory> StartAsync(DatabaseConnections database, PortalSettings? settings = null)
    {
        var portal = new PortalFactory(database, settings ?? new PortalSettings());
        try
        {
            if (portal._settings.OnSocket)
                portal.UseKestrel(0);
            await Task.Run(portal.StartServer);
            return portal;
        }
        catch
        {
            await portal.DisposeAsync();
            throw;
        }
    }

    internal LogRecords Log { get; } = new();

    public Given Given => new(this);

    /// <summary>The folder the portal writes files to, such as Development's e-mails.</summary>
    public string DataDirectory => _data.Path;

    public TimeProvider Clock => Services.GetRequiredService<TimeProvider>();

    /// <summary>The port of a portal on a socket.</summary>
    public int Port => new Uri(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    /// <summary>The address of a tenant's own host, of <c>admin</c> or <c>api</c>; null for the base domain.</summary>
    public Uri AddressOf(string? label)
    {
        var host = label is null ? BaseDomain : $"{label}.{BaseDomain}";
        return _settings.OnSocket ? new Uri($"http://{host}:{Port}/") : new Uri($"{(_settings.Environment == "Development" ? "http" : "https")}://{host}/");
    }

    /// <summary>A browser without cookies at a host; see <see cref="AddressOf"/>.</summary>
    public Visitor Visit(string? label) => VisitUri(AddressOf(label));

    /// <inheritdoc cref="Visit(string?)"/>
    public Visitor Visit(GivenTenant tenant) => Visit(tenant.Slug);

    /// <summary>A program that sends an API key; by default at the host that takes the tenant from the key.</summary>
    public Visitor Call(string apiKey, string label = TenantSlug.Api)
    {
        var visitor = Visit(label);
        visitor.Authorization = "Bearer " + apiKey;
        return visitor;
    }

    /// <summary>A browser at any address whatever, which need not be a tenant's.</summary>
    public Visitor VisitUri(Uri home) => new(home, cookies => new CookieContainerHandler(cookies) { InnerHandler = Sender() });

    /// <summary>The portal's services as this actor in this tenant; dispose it after use.</summary>
    public Scope ScopeFor(TenantInfo? tenant, Actor? actor) => Scope.For(Services, tenant, actor);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _data.Dispose();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(_settings.Environment);
        (string Key, string? Value)[] own =
        [
            ("ConnectionStrings:SecureBase", _database.Owner),
            ("ConnectionStrings:SecureBaseApp", _database.App),
            ("ConnectionStrings:SecureBaseStaff", _database.Staff),
            ("SecureBase:MasterKey", MasterKey),
            ("SecureBase:BaseDomain", BaseDomain),
            ("SecureBase:DataDirectory", _data.Path),
            ("SecureBase:SeedDemo", "false"),
            ("Scheduling:Enabled", "false"),
            // Tests call faster than programs do, all from one address.
            ("RequestLimits:SmallestBurst", "1000000"),
            ("RequestLimits:FailuresPerMinute", "1000000"),
            ("RequestLimits:RecordedFailuresPerMinute", "1000000"),
            // All visitors of a test come from one address, and its staff sign in with a password alone unless it says otherwise.
            ("SecureBase:StaffSecondFactor", "optional"),
            ("AttemptLimits:SignIn:Tries", "100000"),
            ("AttemptLimits:Mail:Tries", "100000"),
            ("AttemptLimits:Other:Tries", "100000"),
        ];
        foreach (var (key, value) in own.Concat(_settings.More))
            builder.UseSetting(key, value);
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(Log));
        builder.ConfigureTestServices(services =>
        {
            if (_settings.Clock is { } clock)
                services.AddSingleton(clock);
            services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 10);
            // No test asks the outside world for a name.
            services.AddSingleton<ResolveHost>((_, _) => throw new SocketException((int)SocketError.HostNotFound));
            _settings.Services?.Invoke(services);
        });
    }

    private HttpMessageHandler Sender() => !_settings.OnSocket ? Server.CreateHandler() : new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // Names under localhost lead to this machine in browsers, not in .NET.
        ConnectCallback = async (connection, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, connection.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}

/// <summary>A portal on a database of its own for the tests of one class (<c>IClassFixture&lt;PortalFixture&gt;</c>).</summary>
public sealed class PortalFixture : IAsyncLifetime
{
    private TestDatabase? _database;
    private PortalFactory? _portal;

    public PortalFactory Portal => _portal ?? throw new InvalidOperationException("The fixture is not initialised.");

    public TestDatabase Database => _database ?? throw new InvalidOperationException("The fixture is not initialised.");

    public Given Given => Portal.Given;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _portal = await PortalFactory.StartAsync(_database.Connections);
    }

    public async Task DisposeAsync()
    {
        if (_portal is not null)
            await _portal.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }
}
