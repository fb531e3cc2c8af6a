using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Access;

internal static class PersonSessions
{
    /// <summary>Ends the person's sessions, and the sign-ins that wait for a second factor, with the commit of this change; requests, circuits and hub connections under them stop within five seconds on every node.</summary>
    /// <param name="except">The session that goes on.</param>
    /// <returns>How many ended.</returns>
    internal static async Task<int> EndSessionsAsync(this Change change, Guid personId, Guid? except, CancellationToken ct)
    {
        var ended = await change.Db.Sessions.Where(s => s.PersonId == personId && s.RevokedAt == null && s.Id != except)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.RevokedAt, change.At), ct);
        await change.Db.SignInAttempts.Where(a => a.PersonId == personId).ExecuteDeleteAsync(ct);
        await change.AnnounceAsync(AccessSubject.Person, personId, ct);
        return ended;
    }
}
