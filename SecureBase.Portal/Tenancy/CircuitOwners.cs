using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Caching.Memory;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Tenancy;

/// <summary>
/// A circuit is taken up again by the session that opened it and by no other: whoever got hold of its secret alone is answered as
/// if there were no such circuit. The framework would hand them the page as it stands.
/// </summary>
internal sealed class CircuitOwners : IHubFilter, IDisposable
{
    // No circuit outlives its session, so nothing need be remembered for longer.
    private static readonly MemoryCacheEntryOptions Remembered = new() { Size = 1, AbsoluteExpirationRelativeToNow = Core.Access.Session.Lifetime };

    private readonly MemoryCache _sessions = new(new MemoryCacheOptions { SizeLimit = 500_000 });

    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        switch (invocationContext.HubMethodName)
        {
            case "StartCircuit":
                return Remember(await next(invocationContext), invocationContext);
            case "ConnectCircuit" when !IsOwner(invocationContext):
                return false;
            case "ResumeCircuit":
                return IsOwner(invocationContext) ? Remember(await next(invocationContext), invocationContext) : null;
            default:
                return await next(invocationContext);
        }
    }

    public void Dispose() => _sessions.Dispose();

    private object? Remember(object? secret, HubInvocationContext call)
    {
        if (secret is string text && SessionOf(call) is { } session)
            _sessions.Set(Key(text), session, Remembered);
        return secret;
    }

    private bool IsOwner(HubInvocationContext call) =>
        call.HubMethodArguments is [string secret, ..] && _sessions.TryGetValue(Key(secret), out Guid session) && session == SessionOf(call);

    private static Guid? SessionOf(HubInvocationContext call) =>
        call.Context.GetHttpContext()?.RequestServices.GetRequiredService<Caller>() is { IsKnown: true } caller ? caller.Actor.SessionId : null;

    private static string Key(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
