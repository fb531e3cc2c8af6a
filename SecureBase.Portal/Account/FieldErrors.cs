using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Account;

internal static class FieldErrors
{
    /// <summary>What is wrong with the field; null when nothing is.</summary>
    internal static string? Of(this Error? error, string field) => error?.Fields.FirstOrDefault(f => f.Field == field)?.Message;
}
