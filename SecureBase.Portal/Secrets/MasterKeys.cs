using SecureBase.Core.Secrets;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.Portal.Secrets;

/// <summary>Where this installation keeps its master keys.</summary>
internal static class MasterKeys
{
    public const string Setting = "SecureBase:MasterKey";
    public const string OlderSetting = "SecureBase:OldMasterKeys";

    /// <summary>
    /// Configuration when it names a key, else <c>master.key</c> in the data directory, which is made there (mode 0600) when
    /// <paramref name="mayCreate"/>: nodes that share a database must share the keys, so only a private database makes its own.
    /// </summary>
    /// <exception cref="DatabaseSetupException">There is no key; the message says what to set.</exception>
    internal static IKeySource Locate(IConfiguration configuration, string dataDirectory, bool mayCreate)
    {
        if (ConfiguredKeys.AreNamed(configuration))
            return new ConfiguredKeys(configuration);
        var file = new KeyFile(Path.Combine(dataDirectory, KeyFile.Name));
        if (!file.Exists && !mayCreate)
            throw new DatabaseSetupException($"Set {Setting} to 32 random bytes in base64 (openssl rand -base64 32), the same on every node.");
        if (!file.Exists)
            file.Write([SecretKey.New()]);
        return file;
    }

    /// <exception cref="DatabaseSetupException">The keys are malformed; the message says which.</exception>
    internal static KeyRing Open(IKeySource source, ILoggerFactory loggers)
    {
        try
        {
            return new KeyRing(source, loggers.CreateLogger<KeyRing>());
        }
        catch (UnusableKeysException unusable)
        {
            throw new DatabaseSetupException(unusable.Message, unusable);
        }
    }

    internal static SecretKey Parse(string text, string where) => SecretKey.TryParse(text, out var key)
        ? key
        : throw new UnusableKeysException($"{where} must hold 32 bytes in base64 (openssl rand -base64 32).");
}

/// <summary>Keys from configuration: <c>SecureBase:MasterKey</c> and the list <c>SecureBase:OldMasterKeys</c>.</summary>
internal sealed class ConfiguredKeys(IConfiguration configuration) : IKeySource
{
    internal static bool AreNamed(IConfiguration configuration) =>
        configuration[MasterKeys.Setting] is { Length: > 0 } || configuration.GetSection(MasterKeys.OlderSetting).GetChildren().Any();

    public object Revision => string.Join('\n', Texts().Select(t => t.Text));

    public IReadOnlyList<SecretKey> Read() => [.. Texts().Select(t => MasterKeys.Parse(t.Text, t.Where))];

    private IEnumerable<(string Text, string Where)> Texts() =>
    [
        (configuration[MasterKeys.Setting] ?? "", MasterKeys.Setting),
        .. configuration.GetSection(MasterKeys.OlderSetting).GetChildren().Select(older => (older.Value ?? "", older.Path)),
    ];
}

/// <summary>A file of keys in base64, one a line, the current one first; empty lines and those that begin with # do not count.</summary>
internal sealed class KeyFile(string path) : IKeySource
{
    internal const string Name = "master.key";

    internal string Path => path;
    internal bool Exists => File.Exists(path);

    public object Revision => new FileInfo(path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : (DateTime.MinValue, 0L);

    public IReadOnlyList<SecretKey> Read()
    {
        List<SecretKey> keys = [.. File.ReadLines(path)
            .Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => MasterKeys.Parse(line, path))];
        return keys.Count > 0 ? keys : throw new UnusableKeysException($"{path} holds no key. Restore it from a backup: without its keys, what they sealed is lost.");
    }

    /// <summary>Replaces the file in one step; nodes that share it read it again within a second.</summary>
    internal void Write(IEnumerable<SecretKey> keys) =>
        PrivateFile.Write(path, System.Text.Encoding.ASCII.GetBytes(string.Concat(keys.Select(key => key.ToBase64() + "\n"))));
}
