using System.ComponentModel.DataAnnotations;

namespace SecureBase.Core.Access;

/// <summary>How often one network address may try what needs no signing in. What succeeds is not counted where a person signs in.</summary>
public sealed class AttemptLimitOptions : IValidatableObject
{
    public const string Section = "AttemptLimits";

    /// <summary>Signing in: password, second factor, passkey.</summary>
    public AttemptLimit SignIn { get; set; } = new(50, TimeSpan.FromMinutes(10));

    /// <summary>Forms that send an e-mail to whatever address is typed.</summary>
    public AttemptLimit Mail { get; set; } = new(10, TimeSpan.FromHours(1));

    /// <summary>All other forms that need no signing in: those that take a token out of an e-mail, and the search for an organisation's address.</summary>
    public AttemptLimit Other { get; set; } = new(60, TimeSpan.FromMinutes(10));

    public AttemptLimit Of(AttemptKind kind) => kind switch
    {
        AttemptKind.SignIn => SignIn,
        AttemptKind.Mail => Mail,
        _ => Other,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var kind in Enum.GetValues<AttemptKind>())
        {
            var limit = Of(kind);
            if (limit.Tries is < 1 or > 1_000_000)
                yield return new ValidationResult($"{Section}:{kind}:Tries is {limit.Tries}. Set it to a number from 1 to 1,000,000.");
            if (limit.Window < TimeSpan.FromSeconds(1) || limit.Window > TimeSpan.FromDays(1))
                yield return new ValidationResult($"{Section}:{kind}:Window is {limit.Window}. Set it to a time from 00:00:01 to 1.00:00:00.");
        }
    }
}

public enum AttemptKind { SignIn, Mail, Other }

/// <summary>So many tries within so long.</summary>
public sealed class AttemptLimit(int tries, TimeSpan window)
{
    public AttemptLimit() : this(1, TimeSpan.Zero) { }

    public int Tries { get; set; } = tries;
    public TimeSpan Window { get; set; } = window;
}
