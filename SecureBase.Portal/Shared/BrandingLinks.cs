using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Shared;

/// <summary>Addresses and text of a tenant's branding.</summary>
internal static class BrandingLinks
{
    internal static string? Logo(TenantInfo tenant) => tenant.LogoVersion is { } version ? $"/branding/logo/{version}" : null;

    internal static string? Theme(TenantInfo tenant) => tenant.Accent is { } accent && AccentPalette.IsColour(accent) ? $"/branding/theme.css?v={Version(accent)}" : null;

    internal static string Version(string accent) => accent[1..];

    /// <summary>The accent's tokens in both themes; see wwwroot/css/tokens.css.</summary>
    internal static string StyleSheet(AccentPalette palette) => $$"""
        :root {
          --sb-brand: light-dark({{palette.Light.Accent}}, {{palette.Dark.Accent}});
          --sb-brand-strong: light-dark({{palette.Light.Strong}}, {{palette.Dark.Strong}});
          --sb-brand-soft: light-dark({{palette.Light.Soft}}, {{palette.Dark.Soft}});
          --sb-on-brand: light-dark({{palette.Light.On}}, {{palette.Dark.On}});
        }

        """;
}
