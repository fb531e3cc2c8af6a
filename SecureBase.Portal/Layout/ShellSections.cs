namespace SecureBase.Portal.Layout;

/// <summary>Places in the top bar that a page fills with <c>SectionContent</c>.</summary>
internal static class ShellSections
{
    /// <summary>The page's <c>h1</c>, or crumbs.</summary>
    internal static readonly object Title = new();

    /// <summary>The page's one primary action.</summary>
    internal static readonly object Actions = new();
}
