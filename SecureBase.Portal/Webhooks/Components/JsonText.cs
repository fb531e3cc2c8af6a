using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace SecureBase.Portal.Webhooks.Components;

/// <summary>JSON laid out for reading, names and texts told apart; anything else as it is.</summary>
public sealed partial class JsonText : ComponentBase
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (Laid(Text) is not { } laid)
        {
            builder.AddContent(0, Text);
            return;
        }
        var from = 0;
        foreach (Match part in Parts().Matches(laid))
        {
            builder.AddContent(1, laid[from..part.Index]);
            builder.OpenElement(2, "span");
            builder.AddAttribute(3, "class", part.Groups["name"].Success ? "json-name" : "json-text");
            builder.AddContent(4, part.Value);
            builder.CloseElement();
            from = part.Index + part.Length;
        }
        builder.AddContent(5, laid[from..]);
    }

    /// <returns>Null when it is no JSON object or list.</returns>
    internal static string? Laid(string text)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[', ..])
            return null;
        try
        {
            using var json = JsonDocument.Parse(text);
            return JsonSerializer.Serialize(json.RootElement, Readable);
        }
        catch (JsonException)
        {
            // A receiver's answer may be cut, or no JSON at all.
            return null;
        }
    }

    // A string before a colon names what follows it.
    [GeneratedRegex("""
        "(?>(?:[^"\\]|\\.)*)"(?<name>(?=:))?
        """)]
    private static partial Regex Parts();
}
