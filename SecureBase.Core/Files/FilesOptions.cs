using System.ComponentModel.DataAnnotations;

namespace SecureBase.Core.Files;

/// <summary>What looks at files before anybody may have them.</summary>
public sealed class FilesOptions
{
    public const string Section = "SecureBase";

    /// <summary>Where clamd listens, as <c>host:port</c>; empty means that files are not scanned.</summary>
    [RegularExpression(@"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}", ErrorMessage = "SecureBase:VirusScanner is where ClamAV's daemon listens. Set it to host:port, e.g. clamav:3310, or leave it out.")]
    public string? VirusScanner { get; set; }

    /// <summary>Seconds after which a scan that does not answer is given up and tried again later.</summary>
    [Range(1, 600, ErrorMessage = "SecureBase:VirusScannerSeconds is how long one file may take to scan. Set it to 1 to 600.")]
    public int VirusScannerSeconds { get; set; } = 60;
}
