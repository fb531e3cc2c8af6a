using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SecureBase.Core.Secrets;

/// <summary>Where an installation's master keys are kept.</summary>
public interface IKeySource
{
    /// <summary>Cheap to ask; another value means that <see cref="Read"/> may answer differently. Never throws.</summary>
    object Revision { get; }

    /// <summary>The key to seal with, then those that may still have to be read.</summary>
    /// <exception cref="UnusableKeysException">There is none, or one is malformed.</exception>
    /// <exception cref="IOException">They cannot be read.</exception>
    IReadOnlyList<SecretKey> Read();
}

/// <summary>
/// The master keys of this node: one to seal with and older ones that are still read. A change at the source is seen within
/// a second, and at once when a secret names a key that is not here, so keys are exchanged while nodes serve.
/// </summary>
public sealed class KeyRing
{
    /// <summary>For how long a node may seal under a key that is no longer the current one.</summary>
    public static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    private readonly IKeySource _source;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private volatile IReadOnlyList<SecretKey> _keys;
    private object _revision;
    private long _checkedAt = Stopwatch.GetTimestamp();

    /// <exception cref="UnusableKeysException">The source has no usable key.</exception>
    public KeyRing(IKeySource source, ILogger logger)
    {
        (_source, _logger) = (source, logger);
        _revision = source.Revision;
        _keys = source.Read();
    }

    /// <summary>A ring that never changes.</summary>
    public static KeyRing Of(SecretKey current, params IReadOnlyList<SecretKey> older) => new(new FixedKeys([current, .. older]), NullLogger.Instance);

    /// <summary>The key that seals.</summary>
    public SecretKey Current => Keys[0];

    /// <summary>All keys that can be read, the current one first.</summary>
    public IReadOnlyList<SecretKey> Keys
    {
        get
        {
            if (Stopwatch.GetElapsedTime(Volatile.Read(ref _checkedAt)) >= Lag)
                Refresh();
            return _keys;
        }
    }

    /// <exception cref="UnknownSecretKeyException">It is neither here nor at the source.</exception>
    internal SecretKey Find(SecretKeyId id)
    {
        if (Held(id) is { } held)
            return held;
        Refresh();
        return Held(id) ?? throw new UnknownSecretKeyException(id);
    }

    private SecretKey? Held(SecretKeyId id) => Keys.FirstOrDefault(k => k.Id == id);

    /// <summary>Looks at the source now.</summary>
    public void Refresh()
    {
        lock (_lock)
        {
            Volatile.Write(ref _checkedAt, Stopwatch.GetTimestamp());
            var revision = _source.Revision;
            if (revision.Equals(_revision))
                return;
            try
            {
                _keys = _source.Read();
                SecretsLog.KeysRead(_logger, _keys[0].Id, _keys.Count);
            }
            catch (Exception failure) when (failure is UnusableKeysException or IOException or UnauthorizedAccessException)
            {
                // What this node holds still opens everything sealed so far; the administrator is told.
                SecretsLog.KeysUnusable(_logger, failure);
            }
            _revision = revision;
        }
    }

    private sealed class FixedKeys(IReadOnlyList<SecretKey> keys) : IKeySource
    {
        public object Revision => keys;
        public IReadOnlyList<SecretKey> Read() => keys;
    }
}
