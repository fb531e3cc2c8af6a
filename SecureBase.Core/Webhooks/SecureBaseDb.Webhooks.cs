using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Recovery;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<WebhookEndpoint> WebhookEndpoints => Set<WebhookEndpoint>();
    public DbSet<WebhookRecovery> WebhookRecoveries => Set<WebhookRecovery>();
}
