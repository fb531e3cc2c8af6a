using Microsoft.Extensions.Caching.Memory;

namespace SecureBase.Core.Support;

/// <summary>What staff did in which tenant and this node knows to be in the audit log, so that the log is not asked at every click.</summary>
public sealed class RecordedActs : IDisposable
{
    private readonly MemoryCache _recorded = new(new MemoryCacheOptions { SizeLimit = 20_000 });

    /// <summary>Whether it was recorded within <see cref="StaffAccess.RecordEvery"/> before <paramref name="now"/>.</summary>
    internal bool Have(Guid tenant, Guid person, string action, DateTimeOffset now) =>
        _recorded.TryGetValue((tenant, person, action), out DateTimeOffset at) && at <= now && now - at < StaffAccess.RecordEvery;

    internal void Add(Guid tenant, Guid person, string action, DateTimeOffset at) =>
        _recorded.Set((tenant, person, action), at, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = StaffAccess.RecordEvery });

    public void Dispose() => _recorded.Dispose();
}
