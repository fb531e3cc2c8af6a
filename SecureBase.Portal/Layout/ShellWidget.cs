namespace SecureBase.Portal.Layout;

/// <summary>Something a feature keeps running behind every page of an area, such as its toasts. Renders nothing of its own.</summary>
/// <param name="Component">A component without parameters.</param>
public sealed record ShellWidget(NavigationArea Area, Type Component);
