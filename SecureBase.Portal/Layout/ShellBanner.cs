namespace SecureBase.Portal.Layout;

/// <summary>A sentence a feature says above every page of the customer's portal, while there is something to say.</summary>
/// <param name="Component">A component without parameters.</param>
public sealed record ShellBanner(Type Component);
