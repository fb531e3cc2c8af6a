using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Api;

/// <summary>
/// Carries a POST out once per <c>Idempotency-Key</c> and caller within 24 hours. The result is stored in the transaction
/// of the change, so a repeat after any crash finds either both or neither; it is answered from the stored result by the
/// same code, and so byte for byte the same. Refused requests are not remembered: a repeat tries again.
/// </summary>
internal sealed class Idempotency(IdempotencyScope scope, IDbContextFactory<SecureBaseDb> contexts, Caller caller, TimeProvider clock)
{
    internal const string Header = "Idempotency-Key";
    internal const string ReplayedHeader = "Idempotency-Replayed";
    private const int MaxKeyLength = 255;

    /// <summary>
    /// Runs <paramref name="work"/>, or answers as it was answered before. Errors besides those of the work: the key is
    /// malformed, came with another request before (422), or its first request is still running (409).
    /// </summary>
    internal Task<Result<T>> OnceAsync<T>(HttpContext http, Func<Task<Result<T>>> work, CancellationToken ct) => OnceAsync(http, JsonBody.Of(http).ToArray(), work, ct);

    /// <param name="body">What makes two requests the same besides their address, e.g. the digest of a body that was read already.</param>
    /// <inheritdoc cref="OnceAsync{T}(HttpContext, Func{Task{Result{T}}}, CancellationToken)"/>
    internal async Task<Result<T>> OnceAsync<T>(HttpContext http, ReadOnlyMemory<byte> body, Func<Task<Result<T>>> work, CancellationToken ct)
    {
        var header = http.Request.Headers[Header];
        if (header.Count == 0)
            return await work();
        if (header is not [{ Length: > 0 and <= MaxKeyLength } key] || key.Any(c => c is < '!' or > '~'))
            return Error.Invalid(Header, $"{Header} is 1 to {MaxKeyLength} visible ASCII characters, given once; a UUID serves well.");

        var hash = Hash(http, body.Span);
        if (await FindAsync(key, ct) is { } earlier)
        {
            if (!CryptographicOperations.FixedTimeEquals(earlier.RequestHash, hash))
                return Error.Invalid(Header, $"This {Header} came with another request before. Take a new key for a new request.") with { Code = "idempotency_key_reused" };
            http.Response.Headers[ReplayedHeader] = "true";
            return JsonSerializer.Deserialize<T>(earlier.Result, WireJson.Options)!;
        }

        scope.Begin(key, hash);
        return await work();
    }

    private async Task<IdempotentRequest?> FindAsync(string key, CancellationToken ct)
    {
        var who = caller.Actor.PersonId;
        await using var db = await contexts.CreateDbContextAsync(ct);
        var earlier = await db.IdempotentRequests.AsNoTracking().SingleOrDefaultAsync(r => r.CallerId == who && r.Key == key, ct);
        if (earlier is null || clock.GetUtcNow() - earlier.CreatedAt < IdempotentRequest.Lifetime)
            return earlier;

        await db.IdempotentRequests.Where(r => r.CallerId == who && r.Key == key && r.CreatedAt == earlier.CreatedAt).ExecuteDeleteAsync(ct);
        return null;
    }

    private static byte[] Hash(HttpContext http, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }
}
