using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Accounts;
using SecureBase.Core.Identity;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<OneTimeLink> OneTimeLinks => Set<OneTimeLink>();
}
