using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Factors;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<Authenticator> Authenticators => Set<Authenticator>();
    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();
    public DbSet<Passkey> Passkeys => Set<Passkey>();
    public DbSet<PasskeyChallenge> PasskeyChallenges => Set<PasskeyChallenge>();
}
