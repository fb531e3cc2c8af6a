using SecureBase.Core.Kernel;

namespace SecureBase.Core.Tenants;

/// <summary>What the administration of tenants refuses, and why.</summary>
public static class TenantErrors
{
    public static Error NotFound => Error.NotFound("tenant");

    public static Error SlugTaken(string slug) => new(ErrorKind.Conflict, "slug_taken", $"There is already a tenant '{slug}', or there was one: a slug is never used twice.") { Fields = [new("slug", $"'{slug}' is taken.")] };

    public static Error OffBoarded(string slug) => new(ErrorKind.Conflict, "tenant_off_boarded", $"{slug} is off-boarded. Its data is deleted and nothing of it can be changed.");

    public static Error AlreadyOffboarding(string slug) => new(ErrorKind.Conflict, "offboarding_scheduled", $"The off-boarding of {slug} is scheduled already. Cancel it first to begin a new waiting period.");

    public static Error NotOffboarding(string slug) => new(ErrorKind.Conflict, "offboarding_not_scheduled", $"No off-boarding of {slug} is scheduled.");
}
