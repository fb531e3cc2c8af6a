using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Factors;

/// <summary>A passkey whose assertion was verified against its stored public key.</summary>
public sealed record VerifiedPasskey(Guid PersonId, UserPasskeyInfo Info)
{
    /// <summary>Keeps the counter and the time. False when the passkey has gone, or its counter was seen before: one of two answers made with the same key is a copy's.</summary>
    internal async Task<bool> RecordUseAsync(SecureBaseDb db, DateTimeOffset at, CancellationToken ct)
    {
        var (id, count) = (Info.CredentialId, (long)Info.SignCount);
        return await db.Passkeys.Where(p => p.PersonId == PersonId && p.CredentialId == id && (p.SignCount < count || (p.SignCount == 0 && count == 0)))
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.SignCount, count).SetProperty(p => p.IsBackedUp, Info.IsBackedUp).SetProperty(p => p.LastUsedAt, at), ct) == 1;
    }
}

/// <summary>Keeps the challenges that browsers were given: each is answered once, by whom and for what it was made.</summary>
public sealed class PasskeyService(IDbContextFactory<SecureBaseDb> contexts, TimeProvider clock)
{
    public async Task<Guid> KeepAsync(PasskeyUse use, Guid? personId, string state, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        await db.PasskeyChallenges.Where(c => c.ExpiresAt <= now).ExecuteDeleteAsync(ct);
        var challenge = new PasskeyChallenge { Use = use, PersonId = personId, State = state, ExpiresAt = now + PasskeyChallenge.Lifetime };
        db.PasskeyChallenges.Add(challenge);
        await db.SaveChangesAsync(ct);
        return challenge.Id;
    }

    /// <summary>Takes the challenge away, so that nobody else can answer it.</summary>
    /// <returns>Its state; null when there is none of that id, use and person, or its time is over.</returns>
    public async Task<string?> TakeAsync(Guid id, PasskeyUse use, Guid? personId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var challenge = await db.PasskeyChallenges.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.Use == use && c.PersonId == personId, ct);
        return challenge is not null && await db.PasskeyChallenges.Where(c => c.Id == id).ExecuteDeleteAsync(ct) == 1 && challenge.ExpiresAt > now ? challenge.State : null;
    }
}
