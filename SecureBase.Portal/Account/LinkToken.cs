namespace SecureBase.Portal.Account;

/// <summary>The token of a mailed link, as a form sends it: put there by the script from behind the address's #, or pasted by hand, alone or with the whole link.</summary>
internal static class LinkToken
{
    internal static string? Of(string? text) => text?.Trim() is { } trimmed ? trimmed[(trimmed.LastIndexOf('#') + 1)..] : null;
}
