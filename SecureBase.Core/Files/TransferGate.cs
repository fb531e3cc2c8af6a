using System.Threading.RateLimiting;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Files;

/// <summary>
/// How many files may be on their way in at once, on each node: whoever sends slowly, or very many, keeps neither colleagues nor other
/// organisations from sending theirs.
/// </summary>
public sealed class TransferGate : IDisposable
{
    /// <summary>Files of one person or key.</summary>
    public const int PerSender = 6;

    /// <summary>Files of one organisation.</summary>
    public const int PerTenant = 24;

    private readonly PartitionedRateLimiter<(Guid Tenant, Guid Sender)> _places = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<(Guid Tenant, Guid Sender), (Guid, Guid)>(t => RateLimitPartition.GetConcurrencyLimiter((t.Tenant, t.Sender), _ => Places(PerSender))),
        PartitionedRateLimiter.Create<(Guid Tenant, Guid Sender), Guid>(t => RateLimitPartition.GetConcurrencyLimiter(t.Tenant, _ => Places(PerTenant))));

    /// <summary>A place until it is disposed of. Error: all are taken.</summary>
    public Result<IDisposable> Enter(Guid tenantId, Guid senderId)
    {
        var place = _places.AttemptAcquire((tenantId, senderId));
        if (place.IsAcquired)
            return Result<IDisposable>.Success(place);
        place.Dispose();
        return FileErrors.TooManyAtOnce;
    }

    public void Dispose() => _places.Dispose();

    private static ConcurrencyLimiterOptions Places(int many) => new() { PermitLimit = many, QueueLimit = 0 };
}
