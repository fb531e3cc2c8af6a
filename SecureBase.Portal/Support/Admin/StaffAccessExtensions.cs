using SecureBase.Core.Kernel;
using SecureBase.Core.Support;

namespace SecureBase.Portal.Support.Admin;

internal static class StaffAccessExtensions
{
    /// <summary>
    /// Does one thing inside a customer's tenant. The scope is entered anew each time, so that a suspension or a withdrawn
    /// right is noticed between two clicks.
    /// </summary>
    internal static async Task<Result<T>> InAsync<T>(this StaffAccess access, string slug, Func<StaffScope, Task<Result<T>>> work, CancellationToken ct)
    {
        var entered = await access.EnterAsync(slug, ct);
        if (!entered.IsSuccess)
            return entered.Error;
        await using var scope = entered.Value;
        return await work(scope);
    }
}
