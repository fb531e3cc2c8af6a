using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Access;
using SecureBase.Core.Access.Metering;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<AccessChange> AccessChanges => Set<AccessChange>();
    public DbSet<SignInAttempt> SignInAttempts => Set<SignInAttempt>();
    public DbSet<AttemptWindow> AttemptWindows => Set<AttemptWindow>();
    public DbSet<RequestAllowance> RequestAllowances => Set<RequestAllowance>();
}
