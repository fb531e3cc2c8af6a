using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Support;

internal sealed class TicketLiveSubject : ILiveSubject
{
    public string Kind => SupportEvents.Ticket;
    public Permission Read => SupportPermissions.Read;
    public Permission ReadInAnyTenant => SupportPermissions.Work;

    public Task<Guid?> FindTenantAsync(SecureBaseDb db, Guid id, CancellationToken ct) =>
        db.Tickets.Where(t => t.Id == id).Select(t => (Guid?)t.TenantId).SingleOrDefaultAsync(ct);
}
