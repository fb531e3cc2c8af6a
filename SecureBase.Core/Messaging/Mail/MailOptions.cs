using System.ComponentModel.DataAnnotations;
using System.Net.Mail;

namespace SecureBase.Core.Messaging.Mail;

/// <summary>Where e-mail goes. Without a folder the portal sends none.</summary>
public sealed class MailOptions : IValidatableObject
{
    public const string Section = "Mail";

    /// <summary>Messages are written here as <c>.eml</c> files; <c>{data directory}/mail</c> in Development.</summary>
    public string? Folder { get; set; }

    /// <summary>The sender, e.g. <c>SecureBase &lt;no-reply@portal.example.com&gt;</c>; its domain is also that of message ids.</summary>
    public string From { get; set; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Folder is not null && !MailAddress.TryCreate(From, out _))
            yield return new ValidationResult($"Mail:From is '{From}', which is no sender. Set it to a name and address, e.g. SecureBase <no-reply@portal.example.com>.");
    }
}
