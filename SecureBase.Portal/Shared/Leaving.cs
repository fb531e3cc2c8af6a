namespace SecureBase.Portal.Shared;

/// <summary>
/// The end of a page or a component. What is under way asks for <see cref="Token"/> again after each await, also when the page has
/// gone meanwhile: then it is told to stop instead of failing.
/// </summary>
internal sealed class Leaving : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public Leaving() => Token = _source.Token;

    public CancellationToken Token { get; }

    /// <summary>Does what only somebody who is still here needs.</summary>
    public async Task UnlessGoneAsync(Func<Task> work)
    {
        if (Token.IsCancellationRequested)
            return;
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            // Gone meanwhile.
        }
    }

    public void Dispose()
    {
        _source.Cancel();
        _source.Dispose();
    }
}
