using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SecureBase.Core.Webhooks.Signing;

/// <summary>
/// A private key of Ed25519 (RFC 8032), worked by the OpenSSL 3 that .NET itself has loaded: the class library has no such
/// algorithm. Safe to use from several threads at once.
/// </summary>
internal sealed class Ed25519Key : IDisposable
{
    /// <summary>Bytes of the seed, which is the private key, and of the public key.</summary>
    public const int Size = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureSize = 64;

    private readonly OpenSsl.Key _key;

    /// <param name="seed"><see cref="Size"/> bytes.</param>
    /// <exception cref="CryptographicException">The seed has another length, or OpenSSL refuses it.</exception>
    public Ed25519Key(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Size)
            throw new CryptographicException($"An Ed25519 seed has {Size} bytes.");
        _key = OpenSsl.NewPrivateKey(OpenSsl.Ed25519, 0, seed.ToArray(), Size);
        if (_key.IsInvalid)
            throw new CryptographicException("OpenSSL refused the Ed25519 seed.");
        PublicKey = new byte[Size];
        nuint length = Size;
        Require(OpenSsl.GetPublicKey(_key, PublicKey, ref length));
    }

    public byte[] PublicKey { get; }

    /// <summary>The one signature of these bytes: Ed25519 is deterministic.</summary>
    public byte[] Sign(byte[] content)
    {
        using var context = OpenSsl.NewContext();
        var signature = new byte[SignatureSize];
        nuint length = SignatureSize;
        Require(OpenSsl.SignInit(context, 0, 0, 0, _key));
        Require(OpenSsl.Sign(context, signature, ref length, content, (nuint)content.Length));
        return signature;
    }

    public void Dispose() => _key.Dispose();

    private static void Require(int result)
    {
        if (result != 1)
            throw new CryptographicException("OpenSSL could not use an Ed25519 key.");
    }
}

internal static class OpenSsl
{
    private const string Library = "libcrypto";

    /// <summary>OpenSSL's number of the algorithm.</summary>
    internal const int Ed25519 = 1087;

    static OpenSsl() => NativeLibrary.SetDllImportResolver(typeof(OpenSsl).Assembly, (name, _, _) => name == Library ? Loaded.Value : 0);

    private static readonly Lazy<nint> Loaded = new(() =>
    {
        foreach (var file in (ReadOnlySpan<string>)["libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll", "libcrypto.so"])
        {
            if (NativeLibrary.TryLoad(file, out var handle))
                return handle;
        }
        throw new DllNotFoundException("Ed25519 signatures (scheme v1a) need OpenSSL 3: install the package that brings libcrypto.so.3.");
    });

    [DllImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern Key NewPrivateKey(int type, nint engine, byte[] key, nuint length);

    [DllImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern int GetPublicKey(Key key, byte[] publicKey, ref nuint length);

    [DllImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern Context NewContext();

    [DllImport(Library, EntryPoint = "EVP_DigestSignInit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern int SignInit(Context context, nint keyContext, nint digest, nint engine, Key key);

    [DllImport(Library, EntryPoint = "EVP_DigestSign")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern int Sign(Context context, byte[] signature, ref nuint signatureLength, byte[] content, nuint contentLength);

    [DllImport(Library, EntryPoint = "EVP_PKEY_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void FreeKey(nint key);

    [DllImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void FreeContext(nint context);

    internal sealed class Key() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeKey(handle);
            return true;
        }
    }

    internal sealed class Context() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeContext(handle);
            return true;
        }
    }
}
