using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Publishing;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<PublishedEvent> PublishedEvents => Set<PublishedEvent>();
}
