using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Factors;

/// <summary>The steps that changes of a person's factors are made of, while signed in and while signing in. Each runs inside its caller's transaction and tells the person.</summary>
public sealed class FactorChanges(SecretEnvelope envelope, TenantContext tenant)
{
    internal async Task<AuthenticatorOffer> OfferAsync(Change change, Person person, CancellationToken ct)
    {
        var secret = Totp.NewSecret();
        if (await change.Db.Authenticators.SingleOrDefaultAsync(a => a.PersonId == person.Id, ct) is not { } authenticator)
            change.Db.Authenticators.Add(authenticator = new Authenticator { PersonId = person.Id });
        authenticator.Offer(envelope.Seal(tenant.Tenant.Id, Authenticator.PendingPurpose, secret), change.At);
        return Describe(secret, person.Email!);
    }

    /// <summary>What is on offer; null when nothing is, or it was too long ago.</summary>
    internal AuthenticatorOffer? Offered(Authenticator? authenticator, string account, DateTimeOffset now) =>
        authenticator is not null && authenticator.IsPendingAt(now) ? Describe(Open(Authenticator.PendingPurpose, authenticator.PendingSecret!), account) : null;

    /// <summary>The step of the confirmed app's code; null for a wrong one.</summary>
    internal long? Match(Authenticator authenticator, string? code, DateTimeOffset now) => Totp.Match(Open(Authenticator.Purpose, authenticator.Secret!), code, now);

    /// <summary>Puts the app on offer into use if the code is its.</summary>
    internal async Task<Result<FreshRecoveryCodes>> ConfirmAsync(Change change, Person person, string? code, CancellationToken ct)
    {
        var authenticator = await change.Db.Authenticators.SingleOrDefaultAsync(a => a.PersonId == person.Id, ct);
        if (authenticator is null || !authenticator.IsPendingAt(change.At))
            return FactorErrors.NothingOffered;
        var secret = Open(Authenticator.PendingPurpose, authenticator.PendingSecret!);
        if (Totp.Match(secret, code, change.At) is not { } step)
            return FactorErrors.WrongCode;
        authenticator.Confirm(envelope.Seal(tenant.Tenant.Id, Authenticator.Purpose, secret), step, change.At);
        Tell(change, person.Id, FactorChangeKind.AuthenticatorSet);
        return await HasFactorAsync(change, person, ct);
    }

    internal static async Task<Result<FreshRecoveryCodes>> AddPasskeyAsync(Change change, Person person, string? name, UserPasskeyInfo made, CancellationToken ct)
    {
        var given = name?.Trim() ?? "";
        if (given.Length is < 1 or > Passkey.NameMax)
            return Error.Invalid("name", $"A passkey has a name of 1 to {Passkey.NameMax} characters, such as the device it is on.");
        if (await change.Db.Passkeys.CountAsync(p => p.PersonId == person.Id, ct) >= Passkey.MaxPerPerson)
            return FactorErrors.TooManyPasskeys;
        if (await change.Db.Passkeys.AnyAsync(p => p.CredentialId == made.CredentialId, ct))
            return FactorErrors.PasskeyTaken;
        change.Db.Passkeys.Add(new Passkey(person.Id, given, made));
        Tell(change, person.Id, FactorChangeKind.PasskeyAdded, passkey: given);
        return await HasFactorAsync(change, person, ct);
    }

    /// <summary>New codes in place of all old ones.</summary>
    internal static async Task<FreshRecoveryCodes> RenewCodesAsync(Change change, Guid personId, CancellationToken ct)
    {
        await change.Db.RecoveryCodes.Where(c => c.PersonId == personId).ExecuteDeleteAsync(ct);
        var codes = Enumerable.Range(0, RecoveryCodeText.PerPerson).Select(_ => RecoveryCodeText.New()).ToList();
        change.Db.RecoveryCodes.AddRange(codes.Select(code => new RecoveryCode { PersonId = personId, Hash = RecoveryCodeText.Hash(code)!, CreatedAt = change.At }));
        return new FreshRecoveryCodes(codes);
    }

    /// <summary>Records the change and, through the outbox, tells the person.</summary>
    internal static void Tell(Change change, Guid personId, FactorChangeKind kind, string? passkey = null, int? codesLeft = null)
    {
        change.Audit("person.factors_changed", FactorEvents.Person, personId, new { change = kind });
        change.Emit(FactorEvents.Changed, FactorEvents.Person, personId, 0,
            new FactorsChanged(kind, change.At, change.Actor.RemoteAddress, change.Actor.PersonId == personId ? null : change.Actor.Name, passkey, codesLeft));
    }

    private static async Task<FreshRecoveryCodes> HasFactorAsync(Change change, Person person, CancellationToken ct)
    {
        person.TwoFactorEnabled = true;
        return await change.Db.RecoveryCodes.AnyAsync(c => c.PersonId == person.Id && c.UsedAt == null, ct) ? FreshRecoveryCodes.None : await RenewCodesAsync(change, person.Id, ct);
    }

    private AuthenticatorOffer Describe(byte[] secret, string account) => new(Totp.Base32(secret), Totp.KeyUri(secret, tenant.Tenant.Name, account));

    private byte[] Open(string purpose, byte[] sealedSecret) => envelope.Open(tenant.Tenant.Id, purpose, sealedSecret);
}
