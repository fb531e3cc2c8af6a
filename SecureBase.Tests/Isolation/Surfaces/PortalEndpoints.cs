using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>Everything the running portal answers to.</summary>
internal static class PortalEndpoints
{
    /// <summary>Endpoints that are not attacked one by one, each with the reason why that is right.</summary>
    internal static readonly IReadOnlyDictionary<string, string> NotAttacked = new Dictionary<string, string>
    {
        ["GET /openapi/{documentName}.json"] = "describes this build's routes; the same for everybody, and made without a tenant",
        ["GET /reference"] = "the same document as a page",
        ["GET /isolation/certificate.json"] = "what the suite found about this build; the same for everybody",
        ["POST /account/sign-out"] = "ends the caller's own session and takes no parameter",
        ["GET /branding/theme.css"] = "the colour of the host's own tenant; takes no id",
        ["POST /tickets/uploads"] = "keeps a file for the caller alone; attacked by AttachmentUploadTests without token, role and session",
        ["POST /queue/{tenant}/uploads"] = "for staff, who enter the tenant's scope on record; attacked by AttachmentUploadTests",
        ["POST /account/passkeys/options"] = "makes a challenge for the caller; which passkeys there are is told of the caller's own alone",
        ["POST /account/passkeys"] = "adds a passkey to the caller, by a challenge made for the caller",
        ["POST /account/passkeys/confirm"] = "proves the caller anew, by a challenge made for the caller",
        ["/_blazor/disconnect"] = "ends the circuit whose secret the caller sends",
        ["/_blazor/initializers"] = "names of script files",
        ["GET /_framework/opaque-redirect"] = "leads where a token says that this server itself encrypted",
        ["/{**path:file}"] = "files of a build that is not published",
    };

    /// <summary>What needs no signing in, each with the reason why that is right.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Anonymous = new Dictionary<string, string>
    {
        ["GET /openapi/{documentName}.json"] = "documentation, made without a tenant",
        ["GET /reference"] = "documentation, made without a tenant",
        ["GET /branding/logo/{version:guid}"] = "stands on the sign-in page",
        ["GET /branding/theme.css"] = "stands on the sign-in page",
        ["/account/sign-in"] = "where people sign in; answers alike whoever exists",
        ["/account/second-factor"] = "the second step of signing in; shows nothing without the first",
        ["POST /account/passkeys/options"] = "a challenge to sign in with; the same for everybody",
        ["/account/signed-out"] = "where they come out",
        ["/account/access-denied"] = "where a refusal is shown",
        ["/account/forgot-password"] = "asks for a link by mail; answers alike whoever exists",
        ["/account/reset-password"] = "what it does is decided by the token of a mail",
        ["/account/confirm-email"] = "what it does is decided by the token of a mail",
        ["/account/invitation"] = "what it does is decided by the token of a mail",
        ["/account/find-organisation"] = "leads to an address without saying whether it exists",
    };

    internal static IReadOnlyList<RouteEndpoint> Of(IServiceProvider portal) => [.. portal.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    internal static string Name(RouteEndpoint endpoint)
    {
        var pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/');
        return endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is { HttpMethods: [var only] } ? $"{only} {pattern}" : pattern;
    }

    /// <summary>Files that are the same for everybody.</summary>
    internal static bool IsStaticAsset(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;

    internal static bool IsPage(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    /// <summary>The product's hubs, and the framework's that carries circuits.</summary>
    internal static bool IsHub(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HubMetadata>() is not null;
}
