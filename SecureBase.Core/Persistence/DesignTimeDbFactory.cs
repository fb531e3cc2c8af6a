using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace SecureBase.Core.Persistence;

/// <summary>For <c>EfDesign=true dotnet ef migrations …</c>; never opens a connection.</summary>
internal sealed class DesignTimeDbFactory : IDesignTimeDbContextFactory<SecureBaseDb>
{
    public SecureBaseDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SecureBaseDb>().UseNpgsql("Host=design-time").Options, tenantId: null);
}
