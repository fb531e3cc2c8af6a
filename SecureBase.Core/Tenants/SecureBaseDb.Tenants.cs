using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Tenants;
using SecureBase.Core.Tenants.Exports;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<TenantLogo> TenantLogos => Set<TenantLogo>();
    public DbSet<TenantExport> TenantExports => Set<TenantExport>();
    public DbSet<TenantExportChunk> TenantExportChunks => Set<TenantExportChunk>();
}
