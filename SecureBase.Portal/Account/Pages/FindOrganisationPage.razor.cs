using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Tenancy;

namespace SecureBase.Portal.Account.Pages;

/// <summary>The base domain's only page: leads to the address typed. Judges its form alone and asks no directory, so it reveals nothing.</summary>
public sealed partial class FindOrganisationPage
{
    private string? _error;

    [Inject] private IOptions<PortalOptions> Portal { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [CascadingParameter] private HttpContext Http { get; set; } = default!;
    [SupplyParameterFromForm] private Address Form { get; set; } = default!;

    protected override void OnInitialized() => Form ??= new Address();

    private void Submit()
    {
        var slug = FirstLabel(Form.Slug);
        if (slug != TenantSlug.Operator && !TenantSlug.IsValid(slug))
        {
            _error = "An address has 3 to 40 letters, digits and single hyphens, for example acme.";
            return;
        }
        Navigation.NavigateTo(HostAddress.Of(Http.Request, $"{slug}.{Portal.Value.BaseDomain}", "/account/sign-in"));
    }

    // People paste the whole address as often as its first part.
    private static string FirstLabel(string? text)
    {
        var address = (text ?? "").Trim().ToLowerInvariant();
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
            address = address[(scheme + 3)..];
        var end = address.IndexOfAny(['.', ':', '/']);
        return end < 0 ? address : address[..end];
    }

    private sealed class Address
    {
        public string? Slug { get; set; }
    }
}
