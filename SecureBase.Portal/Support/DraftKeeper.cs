using System.Data.Common;
using SecureBase.Core.Support;

namespace SecureBase.Portal.Support;

/// <summary>
/// Keeps one draft while its owner types: saved when the typing rests, at the latest every few seconds, and when the page goes
/// away, so that a lost circuit or a restart costs at most the last moment.
/// </summary>
internal sealed class DraftKeeper(DraftService drafts, string key, TimeProvider clock, Action saved) : IAsyncDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(600);

    private readonly SemaphoreSlim _saving = new(1, 1);
    private CancellationTokenSource _rest = new();
    private string? _text;
    private bool _dirty;
    private bool _disposed;

    /// <summary>When the text last reached the database; null before the first time.</summary>
    public DateTimeOffset? SavedAt { get; private set; }

    /// <summary>The database did not take the last text; the next key tries again.</summary>
    public bool IsBehind { get; private set; }

    public Task<string?> FindAsync(CancellationToken ct) => drafts.FindAsync(key, ct);

    /// <summary>Remembers the text and saves it once the typing rests. Returns at once.</summary>
    public void Type(string? text)
    {
        _text = text;
        _dirty = true;
        _rest.Cancel();
        _rest.Dispose();
        _rest = new CancellationTokenSource();
        _ = SaveAfterRestAsync(_rest.Token);
    }

    /// <summary>The text was sent: nothing is left to keep.</summary>
    public async Task ForgetAsync()
    {
        (_text, _dirty, SavedAt) = (null, false, null);
        if (_disposed)
        {
            await drafts.ForgetAsync(key, CancellationToken.None);
            return;
        }
        await _rest.CancelAsync();
        await _saving.WaitAsync();
        try
        {
            await drafts.ForgetAsync(key, CancellationToken.None);
        }
        finally
        {
            _saving.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _rest.CancelAsync();
        if (_dirty)
            await SaveAsync();
        _rest.Dispose();
        _saving.Dispose();
    }

    private async Task SaveAfterRestAsync(CancellationToken ct)
    {
        try
        {
            await Task.Delay(Rest, clock, ct);
            await SaveAsync();
        }
        catch (OperationCanceledException)
        {
            // Typed on, or sent.
            return;
        }
        catch (DbException)
        {
            IsBehind = _dirty = true;
        }
        saved();
    }

    private async Task SaveAsync()
    {
        await _saving.WaitAsync();
        try
        {
            if (!_dirty)
                return;
            _dirty = false;
            await drafts.KeepAsync(key, _text, CancellationToken.None);
            SavedAt = string.IsNullOrWhiteSpace(_text) ? null : clock.GetUtcNow();
            IsBehind = false;
        }
        finally
        {
            _saving.Release();
        }
    }
}
