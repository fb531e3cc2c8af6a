using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;

namespace SecureBase.Core.Files;

/// <summary>What a scanner says about a file.</summary>
/// <param name="Finding">Its name for what it found; null when it found nothing.</param>
public readonly record struct ScanVerdict(string? Finding)
{
    public bool IsClean => Finding is null;
}

/// <summary>The scanner did not answer, or answered something else than a verdict. Nothing is known about the file.</summary>
public sealed class ScanFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A client of ClamAV's daemon: the command INSTREAM of clamd(8), in which a file is sent in pieces with their length in front and
/// ends with a length of zero. One connection per file, as clamd closes it after the answer.
/// </summary>
public sealed class ClamAvScanner(IOptions<FilesOptions> options)
{
    private const int AnswerMax = 4_096;
    private const string Prefix = "stream: ";
    private const string Found = " FOUND";

    /// <summary>Whether there is a scanner at all.</summary>
    public bool IsConfigured => !string.IsNullOrEmpty(options.Value.VirusScanner);

    /// <summary>Sends the file as it is read and waits for the verdict.</summary>
    /// <exception cref="ScanFailedException">The daemon cannot be reached, is too slow, or refuses to scan this.</exception>
    public async Task<ScanVerdict> ScanAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken ct)
    {
        var address = options.Value.VirusScanner ?? throw new InvalidOperationException("SecureBase:VirusScanner is not set.");
        var (host, port) = Split(address);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        enough.CancelAfter(TimeSpan.FromSeconds(options.Value.VirusScannerSeconds));
        try
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(host, port, enough.Token);
            await using var stream = client.GetStream();
            var sent = await SendAsync(stream, content, enough.Token);
            var answer = await AnswerAsync(stream, enough.Token);
            return Verdict(answer) ?? throw new ScanFailedException(answer.Length > 0 ? $"The scanner at {address} answered: {answer}" : $"The scanner at {address} closed the connection without an answer.", sent);
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            throw new ScanFailedException($"The scanner at {address} cannot be reached: {failure.Message}", failure);
        }
        catch (OperationCanceledException slow) when (!ct.IsCancellationRequested)
        {
            throw new ScanFailedException($"The scanner at {address} gave no verdict within {options.Value.VirusScannerSeconds} s.", slow);
        }
    }

    // A daemon whose own limit is exceeded answers and closes while pieces are still being sent; its answer says more than the broken pipe.
    private static async Task<IOException?> SendAsync(NetworkStream stream, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken ct)
    {
        var length = new byte[sizeof(uint)];
        var pieces = content.GetAsyncEnumerator(ct);
        await using (pieces.ConfigureAwait(false))
        {
            try
            {
                await stream.WriteAsync("zINSTREAM\0"u8.ToArray(), ct);
            }
            catch (IOException broken)
            {
                return broken;
            }
            while (await pieces.MoveNextAsync())
            {
                // A length of zero would end the file.
                if (pieces.Current.IsEmpty)
                    continue;
                BinaryPrimitives.WriteUInt32BigEndian(length, (uint)pieces.Current.Length);
                try
                {
                    await stream.WriteAsync(length, ct);
                    await stream.WriteAsync(pieces.Current, ct);
                }
                catch (IOException broken)
                {
                    return broken;
                }
            }
        }
        try
        {
            await stream.WriteAsync(new byte[sizeof(uint)], ct);
            return null;
        }
        catch (IOException broken)
        {
            return broken;
        }
    }

    private static async Task<string> AnswerAsync(NetworkStream stream, CancellationToken ct)
    {
        var answer = new byte[AnswerMax];
        var read = 0;
        while (read < answer.Length)
        {
            var more = await stream.ReadAsync(answer.AsMemory(read), ct);
            if (more == 0)
                break;
            read += more;
            if (answer.AsSpan(0, read).Contains((byte)0))
                break;
        }
        return Encoding.UTF8.GetString(answer, 0, read).TrimEnd('\0', '\n', '\r', ' ');
    }

    private static ScanVerdict? Verdict(string answer)
    {
        if (answer == Prefix + "OK")
            return new ScanVerdict(null);
        if (!answer.StartsWith(Prefix, StringComparison.Ordinal) || !answer.EndsWith(Found, StringComparison.Ordinal) || answer.Length <= Prefix.Length + Found.Length)
            return null;
        var finding = answer[Prefix.Length..^Found.Length];
        return new ScanVerdict(finding.Length > StoredFile.FindingMax ? finding[..StoredFile.FindingMax] : finding);
    }

    private static (string Host, int Port) Split(string address)
    {
        var colon = address.LastIndexOf(':');
        return (address[..colon].Trim('[', ']'), int.Parse(address[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }
}
