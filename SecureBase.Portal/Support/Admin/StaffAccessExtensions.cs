using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Presence;

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

    /// <summary>Presence inside a customer's tenant; nothing happens where the tenant cannot be entered any more.</summary>
    internal static async Task WithPresenceAsync(this StaffAccess access, string slug, Func<PresenceService, Task> work)
    {
        var entered = await access.EnterAsync(slug, CancellationToken.None);
        if (!entered.IsSuccess)
            return;
        await using var scope = entered.Value;
        await work(scope.Services.GetRequiredService<PresenceService>());
    }
}
