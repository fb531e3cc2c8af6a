namespace SecureBase.Core.Tenancy;

/// <summary>How people reach a tenant from outside, for links in e-mails.</summary>
/// <param name="pattern">An absolute http or https address with <c>{slug}</c> in it, without path: <c>https://{slug}.portal.example.com</c>.</param>
public sealed class PublicAddress(string pattern)
{
    private const string Slug = "{slug}";

    public static bool IsPattern(string pattern) =>
        pattern.Contains(Slug, StringComparison.Ordinal)
        && Uri.TryCreate(pattern.Replace(Slug, "acme", StringComparison.Ordinal), UriKind.Absolute, out var address)
        && address is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "" };

    /// <summary>The address of a path, which begins with a slash, in that tenant's portal.</summary>
    public Uri Of(string slug, string path) => new(new Uri(pattern.Replace(Slug, slug, StringComparison.Ordinal)), path);
}
