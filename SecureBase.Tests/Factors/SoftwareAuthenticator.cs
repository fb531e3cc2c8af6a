using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SecureBase.Tests.Factors;

/// <summary>
/// A security key made of software (WebAuthn level 3, ES256, no attestation) together with the browser that holds it. It does what it is
/// told, also what no honest one would: answer for another origin, without asking for the PIN, or with an old counter.
/// </summary>
internal sealed class SoftwareAuthenticator : IDisposable
{
    private const byte UserPresent = 0x01;
    private const byte UserVerified = 0x04;
    private const byte HasCredential = 0x40;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(32);
    private string? _userHandle;

    internal uint Counter { get; set; }

    internal bool AsksForThePin { get; set; } = true;

    /// <summary>What <c>navigator.credentials.create()</c> answers.</summary>
    internal string Create(JsonElement options, string origin, string? relyingParty = null)
    {
        _userHandle = options.GetProperty("user").GetProperty("id").GetString();
        var point = _key.ExportParameters(false).Q;
        byte[] coseKey = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] credential = [.. new byte[16], (byte)(_id.Length >> 8), (byte)_id.Length, .. _id, .. coseKey];
        byte[] data = [.. Data(relyingParty ?? options.GetProperty("rp").GetProperty("id").GetString()!, HasCredential), .. credential];
        byte[] attestation = [0xa3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xa0, 0x68, .. "authData"u8, 0x59, (byte)(data.Length >> 8), (byte)data.Length, .. data];
        return Answer(new { clientDataJSON = Text(ClientData("webauthn.create", options, origin)), attestationObject = Text(attestation), transports = new[] { "usb" } });
    }

    /// <summary>What <c>navigator.credentials.get()</c> answers.</summary>
    internal string Get(JsonElement options, string origin, string? relyingParty = null, string? userHandle = null)
    {
        var data = Data(relyingParty ?? options.GetProperty("rpId").GetString()!, flags: 0);
        var clientData = ClientData("webauthn.get", options, origin);
        var signature = _key.SignData([.. data, .. SHA256.HashData(clientData)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Answer(new { clientDataJSON = Text(clientData), authenticatorData = Text(data), signature = Text(signature), userHandle = userHandle ?? _userHandle });
    }

    public void Dispose() => _key.Dispose();

    private byte[] Data(string relyingParty, byte flags)
    {
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, Counter);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(relyingParty)), (byte)(flags | UserPresent | (AsksForThePin ? UserVerified : 0)), .. counter];
    }

    private static byte[] ClientData(string type, JsonElement options, string origin) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type, challenge = options.GetProperty("challenge").GetString(), origin, crossOrigin = false });

    private string Answer(object response) => JsonSerializer.Serialize(new { id = Text(_id), rawId = Text(_id), type = "public-key", clientExtensionResults = new { }, response });

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
