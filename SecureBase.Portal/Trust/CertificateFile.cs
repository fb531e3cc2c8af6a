using System.Text.Json;
using Microsoft.Extensions.Options;
using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Trust;

internal sealed class CertificateOptions
{
    public const string Section = "SecureBase";

    /// <summary>Where the isolation suite's certificate lies; beside the program by default.</summary>
    public string IsolationCertificate { get; set; } = Path.Combine(AppContext.BaseDirectory, "isolation-certificate.json");
}

/// <summary>The certificate that came with this installation.</summary>
internal sealed class CertificateFile(IOptions<CertificateOptions> options)
{
    private const int MaxSize = 4 << 20;

    /// <summary>Null when there is none, or the file is no certificate.</summary>
    public async Task<IsolationCertificate?> FindAsync(CancellationToken ct)
    {
        var file = new FileInfo(options.Value.IsolationCertificate);
        if (!file.Exists || file.Length > MaxSize)
            return null;
        try
        {
            await using var stream = file.OpenRead();
            return await JsonSerializer.DeserializeAsync<IsolationCertificate>(stream, WireJson.Options, ct);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
