using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecureBase.Tests.Files;

/// <summary>
/// ClamAV's daemon as it behaves on the wire: reads <c>zINSTREAM</c> and pieces with their length in front until one of length zero,
/// answers one line that ends with NUL, and closes. It finds the EICAR test file, as every scanner does.
/// </summary>
internal sealed class Clamd : IAsyncDisposable
{
    /// <summary>What every scanner is to report, harmless (EICAR, 2003). Written in two parts, or a scanner would report this file.</summary>
    internal static readonly byte[] Eicar = Encoding.ASCII.GetBytes(@"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    private Clamd()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Listens on a free port of the loopback interface.</summary>
    internal static Clamd Start() => new();

    internal string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Whole files, as they came out of the protocol.</summary>
    internal ConcurrentQueue<byte[]> Scanned { get; } = [];

    /// <summary>Bytes it takes of a file, like the setting StreamMaxLength.</summary>
    internal int MaxLength { get; set; } = int.MaxValue;

    /// <summary>Closes connections without an answer.</summary>
    internal bool IsBroken { get; set; }

    /// <summary>Gives no answer until it is completed.</summary>
    internal TaskCompletionSource? Holds { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> answers = [];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                answers.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                break;
            }
        }
        await Task.WhenAll(answers);
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            await using var stream = client.GetStream();
            var command = new byte[10];
            await stream.ReadExactlyAsync(command, _stop.Token);
            if (IsBroken || !command.AsSpan().SequenceEqual("zINSTREAM\0"u8))
                return;
            using var file = new MemoryStream();
            var length = new byte[4];
            while (true)
            {
                await stream.ReadExactlyAsync(length, _stop.Token);
                var size = BinaryPrimitives.ReadInt32BigEndian(length);
                if (size == 0)
                    break;
                if (file.Length + size > MaxLength)
                {
                    await stream.WriteAsync("INSTREAM size limit exceeded. ERROR\0"u8.ToArray(), _stop.Token);
                    return;
                }
                var piece = new byte[size];
                await stream.ReadExactlyAsync(piece, _stop.Token);
                file.Write(piece);
            }
            Scanned.Enqueue(file.ToArray());
            if (Holds is { } held)
                await held.Task.WaitAsync(_stop.Token);
            var found = file.ToArray().AsSpan().IndexOf(Eicar) >= 0;
            await stream.WriteAsync(Encoding.ASCII.GetBytes(found ? "stream: Eicar-Test-Signature FOUND\0" : "stream: OK\0"), _stop.Token);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client left, or the test is over.
        }
    }
}
