using System.Security.Claims;
using SecureBase.Core.Access;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Tenancy;

/// <summary>What the signed cookie says. Only ids are trusted from it: name and role are read anew with the session.</summary>
internal static class PortalClaims
{
    public const string Scheme = "SecureBase.Session";
    private const string Tenant = "tenant_id";
    private const string Session = "sid";
    private const string Address = "address";

    internal static ClaimsPrincipal Principal(SignedIn signedIn) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, signedIn.PersonId.ToString()),
            new Claim(ClaimTypes.Name, signedIn.Name),
            new Claim(ClaimTypes.Role, signedIn.Role),
            new Claim(Tenant, signedIn.TenantId.ToString()),
            new Claim(Session, signedIn.SessionId.ToString()),
        ], Scheme));

    internal static ClaimsPrincipal Principal(LiveSession session, string? remoteAddress)
    {
        var principal = Principal(new SignedIn(session.Id, session.TenantId, session.PersonId, session.PersonName, session.Email, session.Role, default));
        // For the circuits of this connection, which have no request to ask. The cookie never holds it.
        if (remoteAddress is not null)
            ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(Address, remoteAddress));
        return principal;
    }

    /// <summary>Where the connection came from that this principal was made for.</summary>
    internal static string? RemoteAddress(ClaimsPrincipal user) => user.FindFirstValue(Address);

    internal static Guid? TenantId(ClaimsPrincipal user) => Read(user, Tenant);

    internal static Guid? SessionId(ClaimsPrincipal user) => Read(user, Session);

    internal static Actor Actor(LiveSession session, string? remoteAddress) =>
        new(session.TenantId, session.PersonId, session.PersonName, session.TenantId == Core.Tenancy.Tenant.OperatorId ? ActorKind.Agent : ActorKind.Customer, session.Role)
        {
            SessionId = session.Id, RemoteAddress = remoteAddress,
        };

    private static Guid? Read(ClaimsPrincipal user, string type) => Guid.TryParse(user.FindFirstValue(type), out var id) ? id : null;
}
