using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Factors;

/// <summary>
/// The caller's own second factors, and an admin's way to take a person's away. What changes how somebody gets in asks for a proof of
/// the last ten minutes (<see cref="SessionConfirmation"/>); every change is audited and told to the person by e-mail.
/// </summary>
public sealed class FactorService(UnitOfWork unit, IDbContextFactory<SecureBaseDb> contexts, FactorChanges changes, SecondFactorRule rule, TenantContext tenant, Caller caller)
{
    public async Task<FactorOverview> OverviewAsync(CancellationToken ct)
    {
        var personId = caller.Actor.PersonId;
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        var app = await db.Authenticators.Where(a => a.PersonId == personId && a.Secret != null).Select(a => new { a.ConfirmedAt, a.LastUsedAt }).SingleOrDefaultAsync(ct);
        var passkeys = await db.Passkeys.Where(p => p.PersonId == personId).OrderBy(p => p.CreatedAt)
            .Select(p => new PasskeyView(p.Id, p.Name, p.CreatedAt, p.LastUsedAt, p.IsBackedUp)).ToListAsync(ct);
        var codes = await db.RecoveryCodes.CountAsync(c => c.PersonId == personId && c.UsedAt == null, ct);
        return new FactorOverview(app?.ConfirmedAt, app?.LastUsedAt, passkeys, codes, rule.IsRequired(tenant.Tenant));
    }

    /// <summary>A new secret for an authenticator app. It counts from its first right code on; until then an older app goes on working.</summary>
    public Task<Result<AuthenticatorOffer>> OfferAuthenticatorAsync(CancellationToken ct) =>
        ChangeOwnAsync<AuthenticatorOffer>("person.authenticator_offered", async (change, person, ct) => await changes.OfferAsync(change, person, ct), ct);

    /// <summary>Puts the offered app into use. Errors: a wrong code, an offer that is too old.</summary>
    /// <returns>Recovery codes when the person had none left.</returns>
    public Task<Result<FreshRecoveryCodes>> ConfirmAuthenticatorAsync(string? code, CancellationToken ct) =>
        ChangeOwnAsync("person.factors_changed", (change, person, ct) => changes.ConfirmAsync(change, person, code, ct), ct);

    /// <summary>Errors: there is none; it is the last factor while one is required.</summary>
    public Task<Result<Done>> RemoveAuthenticatorAsync(CancellationToken ct) => ChangeOwnAsync<Done>("person.factors_changed", async (change, person, ct) =>
    {
        if (await change.Db.Authenticators.SingleOrDefaultAsync(a => a.PersonId == person.Id && a.Secret != null, ct) is not { } authenticator)
            return Error.NotFound("authenticator app");
        if (await LeavesNoneAsync(change, person, appsLeft: 0, exceptPasskey: null, ct) is { } refused)
            return refused;
        change.Db.Authenticators.Remove(authenticator);
        FactorChanges.Tell(change, person.Id, FactorChangeKind.AuthenticatorRemoved);
        return Done.Value;
    }, ct);

    /// <summary>New recovery codes; the old ones end. Error: there is no factor they could stand in for.</summary>
    public Task<Result<FreshRecoveryCodes>> RenewRecoveryCodesAsync(CancellationToken ct) => ChangeOwnAsync<FreshRecoveryCodes>("person.factors_changed", async (change, person, ct) =>
    {
        if (!person.TwoFactorEnabled)
            return FactorErrors.NoFactor;
        FactorChanges.Tell(change, person.Id, FactorChangeKind.RecoveryCodesRenewed);
        return await FactorChanges.RenewCodesAsync(change, person.Id, ct);
    }, ct);

    /// <summary>Adds a passkey whose attestation was verified. Errors: a name that breaks its rule, too many, one that is registered already.</summary>
    public Task<Result<FreshRecoveryCodes>> AddPasskeyAsync(string? name, UserPasskeyInfo made, CancellationToken ct) =>
        ChangeOwnAsync("person.factors_changed", (change, person, ct) => FactorChanges.AddPasskeyAsync(change, person, name, made, ct), ct);

    public Task<Result<Done>> RenamePasskeyAsync(Guid id, string? name, CancellationToken ct) => unit.ChangeAsync<Done>(FactorPermissions.ManageOwn, "person.passkey_renamed", async (change, ct) =>
    {
        var given = name?.Trim() ?? "";
        if (given.Length is < 1 or > Passkey.NameMax)
            return Error.Invalid("name", $"A passkey has a name of 1 to {Passkey.NameMax} characters, such as the device it is on.");
        if (await OwnPasskeyAsync(change, id, ct) is not { } passkey)
            return Error.NotFound("passkey");
        passkey.Rename(given);
        change.Audit("person.passkey_renamed", FactorEvents.Person, change.Actor.PersonId);
        return Done.Value;
    }, ct);

    /// <summary>Errors: there is none of that id; it is the last factor while one is required.</summary>
    public Task<Result<Done>> RemovePasskeyAsync(Guid id, CancellationToken ct) => ChangeOwnAsync<Done>("person.factors_changed", async (change, person, ct) =>
    {
        if (await OwnPasskeyAsync(change, id, ct) is not { } passkey)
            return Error.NotFound("passkey");
        if (await LeavesNoneAsync(change, person, appsLeft: null, exceptPasskey: id, ct) is { } refused)
            return refused;
        change.Db.Passkeys.Remove(passkey);
        FactorChanges.Tell(change, person.Id, FactorChangeKind.PasskeyRemoved, passkey: passkey.Name);
        return Done.Value;
    }, ct);

    /// <summary>
    /// Takes all factors of another person away, who has lost them, and ends their sessions. Where a factor is required they set up a new
    /// one at the next sign-in. Errors: no such person; a person whose role is not the caller's to manage; the caller themself.
    /// </summary>
    public async Task<Result<Done>> ResetAsync(Guid personId, CancellationToken ct)
    {
        Error? above = null;
        var result = await unit.ChangeAsync<Done>(FactorPermissions.Reset, "person.factors_reset", async (change, ct) =>
        {
            if (await change.Db.Users.SingleOrDefaultAsync(p => p.Id == personId && p.Kind == PersonKind.Human, ct) is not { } person)
                return Error.NotFound("person");
            if (personId == change.Actor.PersonId)
                return new Error(ErrorKind.Conflict, "own_factors", "Your own second factors are on your security page. Another admin can reset them for you.");
            if (change.Actor.Role == Roles.Manager && person.Role is not (Roles.Analyst or Roles.Viewer))
                return above = new Error(ErrorKind.Forbidden, "forbidden", "A manager resets the second factor of analysts and viewers. Ask an admin.");
            await change.Db.Authenticators.Where(a => a.PersonId == personId).ExecuteDeleteAsync(ct);
            await change.Db.Passkeys.Where(p => p.PersonId == personId).ExecuteDeleteAsync(ct);
            await change.Db.RecoveryCodes.Where(c => c.PersonId == personId).ExecuteDeleteAsync(ct);
            person.TwoFactorEnabled = false;
            await change.EndSessionsAsync(personId, except: null, ct);
            FactorChanges.Tell(change, personId, FactorChangeKind.FactorsReset);
            return Done.Value;
        }, ct);
        return above is null ? result : await unit.RefuseAsync(FactorPermissions.Reset, "person.factors_reset", above, ct);
    }

    private Task<Result<T>> ChangeOwnAsync<T>(string attempted, Func<Change, Person, CancellationToken, Task<Result<T>>> work, CancellationToken ct) =>
        unit.ChangeAsync<T>(FactorPermissions.ManageOwn, attempted, async (change, ct) =>
        {
            if (await change.NeedsConfirmationAsync(ct) is { } asked)
                return asked;
            // One change of a person's factors at a time: two that each leave the last but one would leave none.
            await change.Db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"factors:" + change.Actor.PersonId}, 0))", ct);
            var person = await change.Db.Users.SingleAsync(p => p.Id == change.Actor.PersonId, ct);
            return await work(change, person, ct);
        }, ct);

    private static Task<Passkey?> OwnPasskeyAsync(Change change, Guid id, CancellationToken ct) =>
        change.Db.Passkeys.SingleOrDefaultAsync(p => p.Id == id && p.PersonId == change.Actor.PersonId, ct);

    // The last factor takes its recovery codes along, and is kept where one is required.
    private async Task<Error?> LeavesNoneAsync(Change change, Person person, int? appsLeft, Guid? exceptPasskey, CancellationToken ct)
    {
        var apps = appsLeft ?? await change.Db.Authenticators.CountAsync(a => a.PersonId == person.Id && a.Secret != null, ct);
        if (apps + await change.Db.Passkeys.CountAsync(p => p.PersonId == person.Id && p.Id != exceptPasskey, ct) > 0)
            return null;
        if (rule.IsRequired(tenant.Tenant))
            return FactorErrors.LastWhileRequired;
        await change.Db.RecoveryCodes.Where(c => c.PersonId == person.Id).ExecuteDeleteAsync(ct);
        person.TwoFactorEnabled = false;
        return null;
    }
}
