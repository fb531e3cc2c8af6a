using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Access;

/// <summary>What changes how somebody gets in is done by who has just proved who they are, not by who found a browser open.</summary>
public static class SessionConfirmation
{
    public static readonly Error Needed = new(ErrorKind.Conflict, "confirmation_needed", "Confirm that it is you: you last did so more than ten minutes ago.");

    /// <summary>Null when the caller signed in, or confirmed it, within <see cref="Session.ConfirmationLifetime"/>; else <see cref="Needed"/>.</summary>
    internal static async Task<Error?> NeedsConfirmationAsync(this Change change, CancellationToken ct)
    {
        var since = change.At - Session.ConfirmationLifetime;
        return change.Actor.SessionId is { } id && await change.Db.Sessions.AnyAsync(s => s.Id == id && s.PersonId == change.Actor.PersonId && s.ConfirmedAt > since, ct) ? null : Needed;
    }
}
