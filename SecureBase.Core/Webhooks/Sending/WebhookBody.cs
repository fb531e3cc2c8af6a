using System.Globalization;
using System.Text.Json;

namespace SecureBase.Core.Webhooks.Sending;

/// <summary>The body of a delivery: <c>{"type","timestamp","data"}</c>, made once for an event and then stored as bytes.</summary>
internal static class WebhookBody
{
    /// <param name="occurredAt">When the event happened, not when it is sent.</param>
    /// <param name="data">JSON.</param>
    internal static byte[] Write(string type, DateTimeOffset occurredAt, string data)
    {
        using var bytes = new MemoryStream(data.Length + 128);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("timestamp", occurredAt.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
            json.WritePropertyName("data");
            json.WriteRawValue(data);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
