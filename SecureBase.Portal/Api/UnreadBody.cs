namespace SecureBase.Portal.Api;

/// <summary>
/// What a client goes on sending after it was refused is read and dropped, because closing the connection on unread bytes would
/// destroy the answer on its way.
/// </summary>
internal static class UnreadBody
{
    private const int Max = 64 << 20;
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(30);

    /// <summary>Completes the answer, then reads on within limits. Does nothing for a client that waits for leave to send.</summary>
    internal static async Task DropAsync(HttpContext context)
    {
        var isWaitingForLeave = context.Request.Headers.Expect.Count > 0;
        await context.Response.CompleteAsync();
        if (isWaitingForLeave)
            return;

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        enough.CancelAfter(AtMost);
        var reader = context.Request.BodyReader;
        try
        {
            for (long dropped = 0; dropped < Max;)
            {
                var read = await reader.ReadAsync(enough.Token);
                dropped += read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return;
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The client left or was too slow; it has had its answer.
        }
    }
}
