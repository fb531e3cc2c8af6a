using System.Globalization;

namespace SecureBase.Portal.Support.Attachments;

/// <summary>A file's size for people: in bytes below a kilobyte, else to one place. js/uploads.js says the same.</summary>
internal static class FileSize
{
    internal static string Words(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MB"),
    };
}
