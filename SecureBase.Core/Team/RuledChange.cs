using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Team;

internal static class RuledChange
{
    /// <summary>A change whose rules need the row they are about: what they forbid is audited like a missing permission.</summary>
    internal static async Task<Result<T>> ChangeOrRefuseAsync<T>(this UnitOfWork unit, Permission permission, string attempted, Func<Change, CancellationToken, Task<Result<T>>> work, CancellationToken ct)
    {
        var allowed = false;
        var result = await unit.ChangeAsync<T>(permission, attempted, (change, ct) =>
        {
            allowed = true;
            return work(change, ct);
        }, ct);
        return allowed && result.Error is { Kind: ErrorKind.Forbidden } refusal ? await unit.RefuseAsync(TeamPermissions.All, attempted, refusal, ct) : result;
    }
}
