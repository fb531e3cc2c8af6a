using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Support;

namespace SecureBase.Portal.Access.Pages;

internal enum ApiKeysTab { Active, Ended, All }

/// <summary>What the page of keys shows, as its address.</summary>
internal sealed record ApiKeysState
{
    internal const int PageSize = 25;

    public ApiKeysTab Tab { get; init; }
    public string? Text { get; init; }
    /// <summary>The key whose particulars are shown beside the list.</summary>
    public Guid? Key { get; init; }
    public string? Cursor { get; init; }

    public string Url => QueryText.Url("/api-keys",
        ("view", Tab == ApiKeysTab.Active ? null : WireName.Of(Tab)),
        ("q", Text),
        ("cursor", Cursor),
        ("key", Key?.ToString()));

    internal static ApiKeysState Parse(string? view, string? text, string? cursor, string? key) => new()
    {
        Tab = WireName.TryParse<ApiKeysTab>(view, out var tab) ? tab : ApiKeysTab.Active,
        Text = string.IsNullOrWhiteSpace(text) ? null : text.Trim() is { Length: > ApiKeyQuery.SearchMax } longer ? longer[..ApiKeyQuery.SearchMax] : text.Trim(),
        Cursor = string.IsNullOrWhiteSpace(cursor) ? null : cursor,
        Key = Guid.TryParseExact(key, "D", out var id) ? id : null,
    };

    internal ApiKeyQuery ToQuery() => new()
    {
        Statuses = Tab switch
        {
            ApiKeysTab.Active => [ApiKeyStatus.Active],
            ApiKeysTab.Ended => [ApiKeyStatus.Expired, ApiKeyStatus.Revoked],
            _ => [],
        },
        Text = Text,
        Limit = PageSize,
        Cursor = Cursor,
    };
}
