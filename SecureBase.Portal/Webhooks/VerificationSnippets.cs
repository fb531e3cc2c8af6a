using SecureBase.Core.Webhooks.Signing;

namespace SecureBase.Portal.Webhooks;

internal enum SnippetLanguage { JavaScript, Python, CSharp }

/// <summary>Code that verifies our signatures, for whoever writes a receiver. The tests execute what is shown.</summary>
internal static class VerificationSnippets
{
    internal static string Of(SnippetLanguage language, SignatureScheme scheme)
    {
        using var resource = typeof(VerificationSnippets).Assembly.GetManifestResourceStream($"snippets/{FileOf(language, scheme)}")
            ?? throw new InvalidOperationException($"There is no snippet for {language} and {scheme}.");
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    internal static string FileOf(SnippetLanguage language, SignatureScheme scheme) => (language, scheme) switch
    {
        (SnippetLanguage.JavaScript, SignatureScheme.V1) => "verify-v1.mjs",
        (SnippetLanguage.JavaScript, _) => "verify-v1a.mjs",
        (SnippetLanguage.Python, SignatureScheme.V1) => "verify_v1.py",
        (SnippetLanguage.Python, _) => "verify_v1a.py",
        (_, SignatureScheme.V1) => "VerifyV1.cs",
        _ => "VerifyV1a.cs",
    };
}
