using SecureBase.Core.Kernel;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Live;

/// <summary>Two nodes on real sockets that share a database, and an agent of the provider.</summary>
public sealed class TwoNodes : IAsyncLifetime
{
    private TestDatabase? _database;
    private PortalFactory? _here;
    private PortalFactory? _there;
    private GivenPerson? _agent;

    public TestDatabase Database => _database ?? throw new InvalidOperationException("The fixture is not initialised.");
    public PortalFactory Here => _here ?? throw new InvalidOperationException("The fixture is not initialised.");
    public PortalFactory There => _there ?? throw new InvalidOperationException("The fixture is not initialised.");
    public GivenPerson Agent => _agent ?? throw new InvalidOperationException("The fixture is not initialised.");

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _here = await PortalFactory.StartAsync(_database.Connections, new PortalSettings { OnSocket = true });
        _there = await PortalFactory.StartAsync(_database.Connections, new PortalSettings { OnSocket = true });
        _agent = await (await _here.Given.OperatorAsync()).PersonAsync(Roles.Agent);
    }

    public async Task DisposeAsync()
    {
        if (_there is not null)
            await _there.DisposeAsync();
        if (_here is not null)
            await _here.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }
}
