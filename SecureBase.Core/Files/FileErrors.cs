using SecureBase.Core.Kernel;

namespace SecureBase.Core.Files;

/// <summary>Why a file is not taken.</summary>
public static class FileErrors
{
    /// <summary>The field that names the file in answers.</summary>
    public const string Field = "file";

    /// <summary>The code by which the portal tells this from other refusals, to answer 413.</summary>
    public const string TooLargeCode = "file_too_large";

    public static Error TooLarge(long max) =>
        Error.Invalid(Field, $"A file may have up to {max / (1024 * 1024)} MB; this one is larger. Compress it, or send it in parts.") with { Code = TooLargeCode };

    public static Error TooManyAtOnce =>
        new(ErrorKind.QuotaExceeded, "too_many_files_at_once", $"Up to {TransferGate.PerSender} files of yours, and {TransferGate.PerTenant} of your organisation, are taken at once. Wait until one of them has arrived, then send this one again.") { RetryAfter = TimeSpan.FromSeconds(5) };

    public static Error Empty => Error.Invalid(Field, "The file is empty: there is nothing to keep.") with { Code = "file_empty" };
}
