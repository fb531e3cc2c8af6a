using System.Text.Encodings.Web;
using System.Text.Json;
using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Support;

/// <summary>Forms of several fields as one draft.</summary>
internal static class DraftJson
{
    // Drafts never stand in a page as JSON, and escaping every letter beyond ASCII would make a long text overrun the limit.
    private static readonly JsonSerializerOptions Options = WireJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    internal static string Write<T>(T form) => JsonSerializer.Serialize(form, Options);

    /// <summary>Null for what an older version wrote and this one cannot read.</summary>
    internal static T? TryRead<T>(string json) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
