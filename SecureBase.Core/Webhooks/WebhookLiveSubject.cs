using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;

namespace SecureBase.Core.Webhooks;

internal sealed class WebhookLiveSubject : ILiveSubject
{
    public string Kind => WebhookEvents.Webhook;
    public Permission Read => WebhookPermissions.Read;
    public Permission ReadInAnyTenant => WebhookPermissions.Read;

    public Task<Guid?> FindTenantAsync(SecureBaseDb db, Guid id, CancellationToken ct) =>
        db.WebhookEndpoints.Where(e => e.Id == id && e.DeletedAt == null).Select(e => (Guid?)e.TenantId).SingleOrDefaultAsync(ct);
}
