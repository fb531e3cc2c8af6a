namespace SecureBase.Core.Factors;

/// <summary>What was changed about how a person proves who they are.</summary>
public enum FactorChangeKind { AuthenticatorSet, AuthenticatorRemoved, PasskeyAdded, PasskeyRemoved, RecoveryCodesRenewed, RecoveryCodeUsed, FactorsReset }

internal static class FactorEvents
{
    /// <summary>Told to the person by e-mail, whoever did it.</summary>
    public const string Changed = "person.factors_changed";

    public const string Person = "person";
}

/// <summary>The data of <see cref="FactorEvents.Changed"/>; names no secret.</summary>
/// <param name="By">The name of who did it; null for the person themself.</param>
/// <param name="Passkey">The name the person gave to the passkey.</param>
/// <param name="CodesLeft">Unused recovery codes.</param>
internal sealed record FactorsChanged(FactorChangeKind Change, DateTimeOffset At, string? RemoteAddress, string? By = null, string? Passkey = null, int? CodesLeft = null);
