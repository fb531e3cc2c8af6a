using SecureBase.Core.Kernel;

namespace SecureBase.Core.Factors;

public static class FactorErrors
{
    public static readonly Error WrongCode = new(ErrorKind.Invalid, "wrong_code", "That code is not right, or was used before. Wait for the next one and try again.");

    public static readonly Error WrongRecoveryCode = new(ErrorKind.Invalid, "wrong_recovery_code", "That is none of your unused recovery codes. Each works once.");

    public static readonly Error PasskeyRefused = new(ErrorKind.Invalid, "passkey_refused", "That passkey does not open this account. Try again, or use another way to sign in.");

    /// <summary>The time is over, the tries are used up, or it has become a session already.</summary>
    public static readonly Error SignInOver = new(ErrorKind.Conflict, "sign_in_over", "This sign-in took too long or had too many wrong tries. Start again with your password.");

    public static readonly Error NothingOffered = new(ErrorKind.Conflict, "authenticator_not_offered", "This set-up took too long. Start it again and scan the new code.");

    public static readonly Error LastWhileRequired = new(ErrorKind.Conflict, "last_factor_required", "Your organisation requires a second factor, and this is your last. Add another one first.");

    public static readonly Error NoFactor = new(ErrorKind.Conflict, "no_second_factor", "Recovery codes stand in for a second factor: set one up first.");

    public static readonly Error TooManyPasskeys = new(ErrorKind.Conflict, "too_many_passkeys", $"You have {Passkey.MaxPerPerson} passkeys, which is as many as fit. Remove one you no longer use.");

    public static readonly Error PasskeyTaken = new(ErrorKind.Conflict, "passkey_taken", "This passkey is registered already.");
}
