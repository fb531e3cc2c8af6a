using System.Xml.Linq;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using SecureBase.Core.Secrets;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Portal.Secrets;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Secrets;

public sealed class MasterKeysTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Locate_NoKeyAnywhere_IsMadeOnlyForAPrivateDatabase()
    {
        var failure = Assert.Throws<DatabaseSetupException>(() => MasterKeys.Locate(Configuration(), _folder.Path, mayCreate: false));
        Assert.Contains("SecureBase:MasterKey", failure.Message, StringComparison.Ordinal);

        var made = Open(MasterKeys.Locate(Configuration(), _folder.Path, mayCreate: true));
        Assert.Equal(made.Current.Id, Open(MasterKeys.Locate(Configuration(), _folder.Path, mayCreate: false)).Current.Id);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder[KeyFile.Name]));
    }

    [Fact]
    public void Configuration_NamesTheCurrentKeyAndOlderOnes()
    {
        var (current, older, oldest) = (SecretKey.New(), SecretKey.New(), SecretKey.New());
        var ring = Open(MasterKeys.Locate(Configuration(("MasterKey", current.ToBase64()), ("OldMasterKeys:0", older.ToBase64()), ("OldMasterKeys:1", oldest.ToBase64())), _folder.Path, mayCreate: false));
        Assert.Equal([current.Id, older.Id, oldest.Id], ring.Keys.Select(k => k.Id));
        Assert.False(File.Exists(_folder[KeyFile.Name]));
    }

    [Theory]
    [InlineData("MasterKey", "c2hvcnQ=", "SecureBase:MasterKey")]
    [InlineData("OldMasterKeys:0", "not base64", "SecureBase:OldMasterKeys:0")]
    public void Configuration_MalformedKey_IsNamedAndNotShown(string setting, string text, string named)
    {
        (string, string)[] settings = setting == "MasterKey" ? [(setting, text)] : [("MasterKey", SecretKey.New().ToBase64()), (setting, text)];
        var failure = Assert.Throws<DatabaseSetupException>(() => Open(MasterKeys.Locate(Configuration(settings), _folder.Path, mayCreate: false)));
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(text, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OlderKeysWithoutACurrentOne_AreRefused() => Assert.Contains("SecureBase:MasterKey", Assert.Throws<DatabaseSetupException>(
        () => Open(MasterKeys.Locate(Configuration(("OldMasterKeys:0", SecretKey.New().ToBase64())), _folder.Path, mayCreate: true))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task File_ThatChanges_IsReadAgainWhileTheNodeServes()
    {
        var file = new KeyFile(_folder[KeyFile.Name]);
        var (first, second) = (SecretKey.New(), SecretKey.New());
        file.Write([first]);
        var (writer, reader) = (new SecretEnvelope(Open(file)), new SecretEnvelope(Open(file)));
        var old = writer.Seal(Guid.Empty, "test", [1, 2, 3]);

        file.Write([second, first]);
        await Until.TrueAsync("the node seals under the new key", () => writer.CurrentKey == second.Id);
        // The other node is asked for a key it has not heard of: it looks at once.
        Assert.Equal([4], reader.Open(Guid.Empty, "test", writer.Seal(Guid.Empty, "test", [4])));
        Assert.Equal([1, 2, 3], reader.Open(Guid.Empty, "test", old));

        await File.WriteAllTextAsync(file.Path, "damaged");
        // A key nobody has makes the node look again; it finds nothing it can use and keeps what it holds.
        var foreign = new SecretEnvelope(KeyRing.Of(SecretKey.New())).Seal(Guid.Empty, "test", [5]);
        Assert.Throws<UnknownSecretKeyException>(() => reader.Open(Guid.Empty, "test", foreign));
        Assert.Equal(second.Id, reader.CurrentKey);
        Assert.Equal([1, 2, 3], reader.Open(Guid.Empty, "test", old));
    }

    [Fact]
    public void ProtectionKeys_OfTheFirstFormat_StayReadable()
    {
        // As stored by a portal before keys had ids: nonce, tag and ciphertext under the master key itself.
        Assert.True(SecretKey.TryParse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", out var key));
        var stored = FirstFormat(Convert.FromBase64String(key.ToBase64()), "<masterKey><value>c2VjcmV0</value></masterKey>");
        var ring = KeyRing.Of(SecretKey.New(), key);
        var envelope = new SecretEnvelope(ring);

        var plain = ProtectionKeyXml.Open(envelope, ring, stored);
        Assert.Equal("c2VjcmV0", plain.Element("value")!.Value);
        Assert.Equal("c2VjcmV0", ProtectionKeyXml.Open(envelope, ring, ProtectionKeyXml.Seal(envelope, plain)).Element("value")!.Value);

        var without = KeyRing.Of(SecretKey.New());
        Assert.Throws<AlteredSecretException>(() => ProtectionKeyXml.Open(new SecretEnvelope(without), without, stored));
    }

    internal static XElement FirstFormat(byte[] master, string plain)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(plain);
        var bytes = new byte[28 + text.Length];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes.AsSpan(0, 12));
        using var aes = new System.Security.Cryptography.AesGcm(master, 16);
        aes.Encrypt(bytes.AsSpan(0, 12), text, bytes.AsSpan(28), bytes.AsSpan(12, 16), "data_protection_keys"u8);
        return new XElement("encryptedKey", Convert.ToBase64String(bytes));
    }

    private static KeyRing Open(IKeySource source) => MasterKeys.Open(source, NullLoggerFactory.Instance);

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("SecureBase:" + s.Key, (string?)s.Value))).Build();
}
