using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using SecureBase.Core.Identity;

namespace SecureBase.Core.Access;

/// <summary>A hash that no password matches, as costly to verify as anybody's: verified where there is no account, so that the answer takes as long.</summary>
public sealed class NobodysPassword(IOptions<PasswordHasherOptions> options)
{
    public string Hash { get; } = new PasswordHasher<Person>(options).HashPassword(null!, Guid.CreateVersion7().ToString());
}
