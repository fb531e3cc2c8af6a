using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Auditing;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    public DbSet<AuditLink> AuditLinks => Set<AuditLink>();
    public DbSet<AuditAnchor> AuditAnchors => Set<AuditAnchor>();
    public DbSet<IdempotentRequest> IdempotentRequests => Set<IdempotentRequest>();
}
