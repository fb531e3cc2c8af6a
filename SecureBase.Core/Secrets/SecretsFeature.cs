using Microsoft.Extensions.DependencyInjection;

namespace SecureBase.Core.Secrets;

public static class SecretsFeature
{
    /// <summary>What seals and opens secrets, for commands and the running portal alike.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services, KeyRing keys)
    {
        services.AddSingleton(keys);
        services.AddSingleton<SecretEnvelope>();
        services.AddSingleton<KeyRotation>();
        return services;
    }
}
