using SecureBase.Core.Kernel;

namespace SecureBase.Core.Files;

public static class FilePermissions
{
    /// <summary>Keep the scanner's verdict on a file. No page and no route asks for it: the scanning does.</summary>
    public static readonly Permission Scan = new("files.scan", null, [Roles.PlatformAdmin]);
}
