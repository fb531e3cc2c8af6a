using System.Net.Sockets;
using Microsoft.Extensions.Options;
using SecureBase.Core.Demo;

namespace SecureBase.Portal.Demo;

/// <summary>
/// The demo customers' own systems: a small server beside the portal that takes in their webhooks, so that what the log shows has really been
/// sent. One of them has trouble, which is what the pages are for. A machine that has no such address, or on which another portal listens already, goes without.
/// </summary>
internal sealed partial class DemoReceiver(IOptions<DemoOptions> options, ILogger<DemoReceiver> log) : IHostedService, IAsyncDisposable
{
    private WebApplication? _server;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Receiver is not { } receiver)
            return;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(DemoOptions.ReceiverAddress, receiver.Port));
        var server = builder.Build();
        server.Run(AnswerAsync);
        try
        {
            await server.StartAsync(cancellationToken);
            _server = server;
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            await server.DisposeAsync();
            NotListening(log, receiver, failure.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext http)
    {
        await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
        if (http.Request.Path != DemoSeeder.TroubledPath)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync("""{"error":"ledger_closed","message":"The ledger takes no postings while the month is being closed."}""", http.RequestAborted);
    }

    [LoggerMessage(9101, LogLevel.Information, "Demo: nothing listens at {Receiver} for the demo's webhooks: {Reason}")]
    private static partial void NotListening(ILogger log, Uri receiver, string reason);
}
