using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Access;

internal static class AccessChanges
{
    /// <summary>Announces, with the commit of this change, that every node must look at the subject again.</summary>
    internal static async Task AnnounceAsync(this Change change, AccessSubject subject, Guid subjectId, CancellationToken ct)
    {
        change.Db.AccessChanges.Add(new AccessChange { Subject = subject, SubjectId = subjectId, At = change.At });
        await change.Db.Database.ExecuteSqlAsync($"select pg_notify({AccessChange.Channel}, {subjectId.ToString()})", ct);
    }
}
