using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>A page, and the addresses that can be made for it from nothing but its own parameters.</summary>
internal sealed partial record PageRoute(Type Component, string Template)
{
    /// <summary>Pages that show nothing of any tenant, each with the reason why that is right.</summary>
    internal static readonly IReadOnlyDictionary<string, string> WithoutData = new Dictionary<string, string>
    {
        ["/"] = "leads on to the start page of its host",
        ["/isolation"] = "what this suite found about the build; the same for everybody",
        ["/macros"] = "the provider's own replies, in its own tenant; none of a customer's rows",
        ["/sla/policies"] = "the provider's own policies and calendars, in its own tenant; none of a customer's rows",
        ["/not-found"] = "the same words for everybody",
        ["/tickets/new"] = "an empty form",
        ["/tenants/new"] = "an empty form",
        ["/teams"] = "the operator's own teams and staff, none of which is a customer's row",
        ["/account/sign-in"] = "a form; who exists is not told",
        ["/account/second-factor"] = "a form; about the half sign-in of the browser's own cookie alone",
        ["/profile/security"] = "the caller's own sign-in and sessions, which no planted row is",
        ["/account/signed-out"] = "the same words for everybody",
        ["/account/access-denied"] = "the same words for everybody",
        ["/account/find-organisation"] = "a form; who exists is not told",
        ["/account/forgot-password"] = "a form; who exists is not told",
        ["/account/reset-password"] = "a form; knows nothing until its token is sent",
        ["/account/confirm-email"] = "a form; knows nothing until its token is sent",
        ["/account/invitation"] = "a form; knows nothing until its token is sent",
        ["/profile"] = "the caller's own account, by their session and no parameter",
    };

    /// <summary>The view that shows the most, where a page does not open with it.</summary>
    private static readonly Dictionary<string, string> WidestView = new()
    {
        ["/api-keys"] = "?view=all",
        ["/tickets"] = "?view=all",
        ["/queue"] = "?view=all",
        ["/outbox"] = "?view=deliveries",
        ["/tenants"] = "?view=everything",
        ["/webhook-health"] = "?view=all",
        ["/webhooks"] = "?span=all",
    };

    internal string Name => $"page {Template} ({Component.Name})";

    /// <summary>The address of a page without parameters; null for one that has some.</summary>
    internal string? Bare => Template.Contains('{', StringComparison.Ordinal) ? null : Template + WidestView.GetValueOrDefault(Template, "");

    internal IEnumerable<string> QueryParameters => Component.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Select(p => (Property: p, Query: p.GetCustomAttribute<SupplyParameterFromQueryAttribute>())).Where(p => p.Query is not null).Select(p => p.Query!.Name ?? p.Property.Name);

    internal bool IsForStaff => Component.GetCustomAttributes<AuthorizeAttribute>().Any(a => a.Policy == Policies.Staff);

    internal bool IsForCustomers => Component.GetCustomAttributes<AuthorizeAttribute>().Any(a => a.Policy == Policies.Customer) || (IsForBoth && Permission!.GrantedTo.Intersect(Roles.Tenant).Any());

    /// <summary>Open by permission alone, at the customers' hosts and at the staff's, each showing its own.</summary>
    internal bool IsForBoth => Permission is not null && !Component.GetCustomAttributes<AuthorizeAttribute>().Any(a => a.Policy is Policies.Customer or Policies.Staff);

    private Permission? Permission => Component.GetCustomAttribute<PagePermissionAttribute>() is { } needed ? PermissionCatalogue.Find(needed.Permission) : null;

    internal bool IsAnonymous => Component.GetCustomAttribute<AllowAnonymousAttribute>() is not null;

    internal static IReadOnlyList<PageRoute> All { get; } =
        [.. typeof(Portal.App).Assembly.GetTypes().SelectMany(t => t.GetCustomAttributes<RouteAttribute>(inherit: false).Select(r => new PageRoute(t, r.Template))).OrderBy(p => p.Template, StringComparer.Ordinal)];

    /// <summary>The page at the address these clues lead to, and once more for each clue in each parameter of its query.</summary>
    internal IEnumerable<Probe> Probes(Clues clues)
    {
        var (bare, said) = Fill(clues);
        var path = bare + WidestView.GetValueOrDefault(Template, "");
        var plain = new Probe(said.Count == 0 ? "asked for" : "asked for by the other tenant's names", HttpMethod.Get, path, said);
        yield return plain;
        foreach (var name in QueryParameters)
        {
            foreach (var (place, value) in clues.ForQuery)
                yield return plain with { What = $"asked for with {name}= the other tenant's {place}", Path = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={Uri.EscapeDataString(value)}", Said = [.. said, value] };
        }
    }

    private (string Path, IReadOnlyList<string> Said) Fill(Clues clues)
    {
        List<string> said = [];
        string? literal = null;
        var path = Template.Split('/').Select(segment =>
        {
            if (Parameter().Match(segment) is not { Success: true } parameter)
                return literal = segment;
            said.Add(clues.ForRoute(Name, parameter.Groups[1].Value, literal));
            return said[^1];
        }).ToList();
        return (string.Join('/', path), said);
    }

    [GeneratedRegex(@"^\{\*?(\w+)[:?}]")]
    private static partial Regex Parameter();
}
