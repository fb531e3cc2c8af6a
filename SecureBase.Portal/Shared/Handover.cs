using System.Text.Json;

namespace SecureBase.Portal.Shared;

/// <summary>
/// What a static render hands to the circuit that takes its page over. It comes back in the message that starts the circuit, and
/// one that is too large ends it: a page with long texts reads again instead.
/// </summary>
internal static class Handover
{
    // It travels as base64 within base64, which makes it 1.8 times as long; the rest of the message needs some room too.
    private const int Most = PagesFeature.LargestMessage * 7 / 16;

    internal static T? IfSmall<T>(T? shown) where T : class =>
        shown is not null && JsonSerializer.SerializeToUtf8Bytes(shown, JsonSerializerOptions.Web).Length <= Most ? shown : null;
}
