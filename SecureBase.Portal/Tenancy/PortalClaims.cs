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

    internal static ClaimsPrincipal Principal(SignedIn signedIn) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, signedIn.PersonId.ToString()),
            new Claim(ClaimTypes.Name, signedIn.Name),
            new Claim(ClaimTypes.Role, signedIn.Role),
            new Claim(Tenant, signedIn.TenantId.ToString()),
            new Claim(Session, signedIn.SessionId.ToString()),
        ], Scheme));

    internal static ClaimsPrincipal Principal(LiveSession session) =>
        Principal(new SignedIn(session.Id, session.TenantId, session.PersonId, session.PersonName, session.Email, session.Role, default));

    internal static Guid? TenantId(ClaimsPrincipal user) => Read(user, Tenant);

    internal static Guid? SessionId(ClaimsPrincipal user) => Read(user, Session);

    internal static Actor Actor(LiveSession session, string? remoteAddress) =>
        new(session.TenantId, session.PersonId, session.PersonName, session.TenantId == Core.Tenancy.Tenant.OperatorId ? ActorKind.Agent : ActorKind.Customer, session.Role)
        {
            SessionId = session.Id, RemoteAddress = remoteAddress,
        };

    private static Guid? Read(ClaimsPrincipal user, string type) => Guid.TryParse(user.FindFirstValue(type), out var id) ? id : null;
}
