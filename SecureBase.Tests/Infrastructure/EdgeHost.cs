using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Api;
using SecureBase.Portal.Hosting;

namespace SecureBase.Tests.Infrastructure;

/// <summary>The portal's own outer layers around endpoints of the test's choice, on a real server and without a database.</summary>
internal sealed class EdgeHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    private EdgeHost(WebApplication app) => _app = app;

    internal LogRecords Log { get; private init; } = new();

    internal Uri Address { get; private set; } = null!;

    internal static async Task<EdgeHost> StartAsync(Action<WebApplication> map, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var log = new LogRecords();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddRouting();
        builder.Services.AddScoped<TenantContext>();
        builder.Services.AddRazorComponents();
        builder.Services.AddEdge();
        builder.Services.AddApiRequests();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseEdge();
        app.UseApiRequests();
        app.UseRouting();
        app.UseApiBodies();
        map(app);
        var host = new EdgeHost(app) { Log = log };
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        host.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return host;
    }

    internal Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, new Uri(Address, path)) { Content = content };
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), name);
        return _client.SendAsync(request, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>Keeps every log line, with its scopes.</summary>
internal sealed class LogRecords : ILoggerProvider, ISupportExternalScope
{
    private readonly List<(LogLevel Level, string Text, string Scopes)> _records = [];
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    internal IReadOnlyList<(LogLevel Level, string Text, string Scopes)> All
    {
        get
        {
            lock (_records)
                return [.. _records];
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() { }

    private sealed class Logger(LogRecords records) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => records._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            List<string?> scopes = [];
            records._scopes.ForEachScope((scope, list) => list.Add(scope?.ToString()), scopes);
            lock (records._records)
                records._records.Add((logLevel, $"{formatter(state, exception)} {exception}", string.Join(" | ", scopes)));
        }
    }
}
