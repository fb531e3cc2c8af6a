using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Secrets;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();
}
