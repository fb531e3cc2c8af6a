namespace SecureBase.Portal.Layout;

/// <summary>A sentence a feature says at the foot of the customer's sidebar.</summary>
/// <param name="Component">A component without parameters.</param>
public sealed record ShellFoot(Type Component);
