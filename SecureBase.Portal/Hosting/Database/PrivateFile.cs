namespace SecureBase.Portal.Hosting.Database;

/// <summary>Files that only the account running the portal may read.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces the file's content in one step: a reader, or a crash, sees the old content or the new, never a part.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        if (OperatingSystem.IsWindows())
            throw NotOnWindows();

        var next = path + ".next";
        File.Delete(next);
        using (var file = new FileStream(next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>Opens a file that stands for a lock; it is created when missing and holds nothing.</summary>
    /// <exception cref="IOException">Another holder's lock forbids this one.</exception>
    public static FileStream OpenLock(string path, bool exclusive)
    {
        if (OperatingSystem.IsWindows())
            throw NotOnWindows();

        return new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = exclusive ? FileAccess.ReadWrite : FileAccess.Read,
            Share = exclusive ? FileShare.None : FileShare.Read,
            UnixCreateMode = OwnerOnly,
        });
    }

    /// <summary>Creates a folder that others may pass through (the database's own account must) but not list.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            throw NotOnWindows();

        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (Environment.IsPrivilegedProcess)
            mode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

        Directory.CreateDirectory(path, mode);
    }

    private static DatabaseSetupException NotOnWindows() =>
        new("The embedded PostgreSQL runs on Linux and macOS. Set ConnectionStrings:SecureBase to a PostgreSQL server.");
}
