using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using SecureBase.Portal.Hosting;

namespace SecureBase.Tests.Hosting;

public sealed class FailureHandlerTests
{
    private readonly FailureHandler _handler = new(NullLogger<FailureHandler>.Instance);

    [Fact]
    public async Task AClientThatLeavesWhileItIsAnswered_IsNoFailure()
    {
        using var leaving = new CancellationTokenSource();
        var http = new DefaultHttpContext();
        http.Request.Path = "/v1/support/tickets";
        http.Response.Body = new Leaving(leaving);
        http.Features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = leaving.Token });

        var handled = await _handler.TryHandleAsync(http, new BadHttpRequestException("The body broke off."), CancellationToken.None);

        Assert.True(handled);
        Assert.True(leaving.IsCancellationRequested, "Nothing was written, so nothing is shown.");
    }

    [Fact]
    public async Task AConnectionThatWasReset_IsNotAnswered()
    {
        var http = new DefaultHttpContext();

        var handled = await _handler.TryHandleAsync(http, new ConnectionResetException("Reset by peer"), CancellationToken.None);

        Assert.True(handled);
        Assert.Equal(499, http.Response.StatusCode);
    }

    /// <summary>A connection that breaks on the first byte written to it.</summary>
    private sealed class Leaving(CancellationTokenSource leaving) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await leaving.CancelAsync();
            throw new OperationCanceledException(leaving.Token);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
