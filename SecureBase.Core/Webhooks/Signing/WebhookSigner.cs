using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SecureBase.Core.Webhooks.Signing;

/// <summary>
/// Signs deliveries of one endpoint as Standard Webhooks 1.0.0 says: over <c>id.timestamp.body</c>, the body being the exact
/// bytes sent. While a rotation's overlap lasts it signs with the present secret and the one before. Safe for several threads.
/// It may be in use when nobody remembers it any more, so its keys are freed with it and not by hand.
/// </summary>
internal sealed class WebhookSigner
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private readonly IReadOnlyList<(WebhookSecret Secret, Ed25519Key? Key)> _keys;

    /// <param name="secrets">The present one first.</param>
    public WebhookSigner(IReadOnlyList<WebhookSecret> secrets) =>
        _keys = [.. secrets.Select(s => (s, s.Scheme == SignatureScheme.V1a ? new Ed25519Key(s.Bytes) : null))];

    /// <summary>What is signed, byte for byte.</summary>
    public static byte[] ContentOf(Guid id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id:D}.{at.ToUnixTimeSeconds()}."));
        var content = new byte[head.Length + body.Length];
        head.CopyTo(content, 0);
        body.CopyTo(content.AsSpan(head.Length));
        return content;
    }

    /// <summary>The value of the header <c>webhook-signature</c>: one signature for each secret, separated by spaces.</summary>
    /// <param name="content">From <see cref="ContentOf"/>.</param>
    public string Sign(byte[] content) => string.Join(' ', _keys.Select(k => k.Key is null
        ? $"v1,{Convert.ToBase64String(HMACSHA256.HashData(k.Secret.Bytes, content))}"
        : $"v1a,{Convert.ToBase64String(k.Key.Sign(content))}"));
}
